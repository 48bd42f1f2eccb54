using System.Text.Json;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;
using StreamChat.UnitTests.AgentWorker.Agents;

namespace StreamChat.UnitTests.AgentWorker.Models;

/// <summary>The demo model as the shipped team of agents.</summary>
public sealed class DemoTeamTests
{
    private const string Triage = "Triage Agent";
    private const string Weather = "Weather Agent";
    private const string News = "News Agent";
    private const string Recipe = "Recipe Agent";
    private const string Assistant = "Personal Assistant Agent";
    private const string Health = "Health Adviser";

    private static readonly string[] EveryTool = ["calculator", "current_time", "weather", "news", "recipes"];

    [Theory]
    [InlineData("What is the weather in Oslo?", Weather, "weather")]
    [InlineData("奥斯陆今天天气怎么样？", Weather, "weather")]
    [InlineData("Show me the news about space travel.", News, "news")]
    [InlineData("有什么关于科技的新闻？", News, "news")]
    [InlineData("Find me a recipe for apple pie", Recipe, "recipes")]
    [InlineData("给我一个健康的西红柿食谱", Recipe, "recipes")]
    [InlineData("I have a headache, what should I do?", Health, null)]
    [InlineData("我最近感觉很疲劳，有什么建议吗？", Health, null)]
    [InlineData("Please take a note: buy milk", Assistant, null)]
    [InlineData("帮我记一下明天买牛奶", Assistant, null)]
    public async Task The_first_agent_hands_on_to_the_one_whose_field_it_is(string question, string expected, string? tool)
    {
        var run = await AskAsync(question);
        Assert.Equal([Triage, expected], run.Agents);
        Assert.Equal(tool is null ? [] : [tool], run.Called);
        Assert.NotEqual("", run.Said);
    }

    [Theory]
    [InlineData("What is 12.5% of 1,847, and what time is it in Tokyo?", 2)]
    [InlineData("1847的12.5%是多少？东京现在几点？", 2)]
    [InlineData("Hello!", 0)]
    [InlineData("讲个笑话", 0)]
    [InlineData("How do submarines dive?", 0)]
    [InlineData("潜艇是怎么下潜的？", 0)]
    [InlineData("/load 5", 0)]
    public async Task What_needs_no_specialist_is_answered_by_the_first_agent(string question, int tools)
    {
        var run = await AskAsync(question);
        Assert.Equal([Triage], run.Agents);
        Assert.Equal(tools, run.Called.Count);
        Assert.NotEqual("", run.Said);
    }

    [Theory]
    [InlineData(Weather, "Show me the news about space.", new[] { Weather, Triage, News })]
    [InlineData(News, "北京天气怎么样？", new[] { News, Triage, Weather })]
    [InlineData(Health, "What is 2 + 2?", new[] { Health, Triage })]
    [InlineData(Recipe, "东京现在几点？", new[] { Recipe, Triage })]
    [InlineData(Assistant, "I feel so tired lately", new[] { Assistant, Triage, Health })]
    [InlineData(Weather, "How do submarines dive?", new[] { Weather, Triage })]
    [InlineData(News, "潜艇是怎么下潜的？", new[] { News, Triage })]
    [InlineData(Weather, "thank you", new[] { Weather })]
    [InlineData(Assistant, "What is 2 + 2?", new[] { Assistant })]
    public async Task What_is_outside_an_agents_field_goes_back_and_on(string agent, string question, string[] expected) =>
        Assert.Equal(expected, (await AskAsync(question, agent)).Agents);

    [Theory]
    [InlineData("What is 2 + 2, the weather in Oslo, the news on space and a recipe for apple pie?")]
    [InlineData("2 + 2等于多少？奥斯陆天气怎么样？有什么关于科技的新闻？给我一个西红柿的食谱。")]
    public async Task Needs_of_many_fields_are_all_met_and_told_together(string question)
    {
        var run = await AskAsync(question);
        Assert.Equal([Triage, Weather, Triage, News, Triage, Recipe], run.Agents);
        Assert.Equal(["calculator", "weather", "news", "recipes"], run.Called);
    }

    [Theory]
    [InlineData("What is 2 + 2, the weather in Oslo, the news on space, a recipe for apple pie, and my to-do list?")]
    [InlineData("东京现在几点？奥斯陆天气怎么样？有什么关于科技的新闻？给我一个西红柿的食谱。我的待办有哪些？")]
    public async Task Without_any_tool_it_says_what_is_missing_and_hands_nobody_round_in_circles(string question)
    {
        foreach (var agent in new[] { Triage, Weather, News, Recipe, Assistant, Health })
        {
            var run = await AskAsync(question, agent, offered: []);
            Assert.Empty(run.Called);
            Assert.All(run.Agents.Where(a => a != Triage).Skip(agent == Triage ? 0 : 1).GroupBy(a => a), visits => Assert.InRange(visits.Count(), 1, 1));
            Assert.Contains(question[0] == 'W' ? "weather service is not available right now" : "天气查询工具目前不可用", run.Said, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("What is the weather?", "Which city", "Oslo", "The weather in Oslo")]
    [InlineData("今天天气怎么样？", "哪个城市", "奥斯陆", "奥斯陆的天气")]
    [InlineData("What is the weather in Rome?", "Rome", "And in Oslo?", "The weather in Oslo")]
    [InlineData("罗马天气怎么样？", "罗马", "那奥斯陆呢？", "奥斯陆的天气")]
    [InlineData("Give me a recipe", "Which dish", "apple pie", "Recipes for apple pie")]
    public async Task A_short_reply_means_the_question_before_and_stays_with_the_agent(string first, string answer, string reply, string expected)
    {
        var before = await AskAsync(first);
        Assert.Contains(answer, before.Said, StringComparison.Ordinal);

        var run = await AskAsync(reply, before.Transcript.Agent, [AgentRun.User(first), .. before.Transcript.Messages()]);
        Assert.Equal([before.Agents.Last()], run.Agents);
        Assert.Contains(expected, run.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_told_to_one_agent_is_known_to_the_next()
    {
        const string Told = "My name is Ada and I live in Oslo.";
        var before = await AskAsync(Told);
        var run = await AskAsync("What is the weather?", before.Transcript.Agent, [AgentRun.User(Told), .. before.Transcript.Messages()]);
        Assert.Contains("The weather in Oslo", run.Said, StringComparison.Ordinal);
        Assert.Contains("Ada", (await AskAsync("What is my name?", run.Transcript.Agent, [AgentRun.User(Told), .. run.Transcript.Messages()])).Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("我最近感觉很疲劳，有什么建议吗？", "心情：疲惫，睡眠：6小时，活动量：低", "只睡6小时", "散步", "就医")]
    [InlineData("I have been feeling tired lately. Any advice?", "mood: tired, sleep: 6 hours, activity: low", "you get 6", "walk of 20 minutes", "see a doctor")]
    [InlineData("有什么建议吗？", "睡眠：6小时", "只睡6小时", "散步", "就医")]
    public async Task The_health_adviser_uses_the_context_and_is_short_enough_for_clients_that_stop_after_a_hundred_pieces(string question, params string[] expected)
    {
        foreach (var context in new[]
        {
            """{"mood":"tired","sleep_hours":6,"activity_level":"low"}""",
            """[{"description":"mood","value":"tired"},{"description":"sleep hours","value":"6"},{"description":"activity level","value":"low"}]""",
        })
        {
            var run = await AskAsync(question, requested: Health, context: context);
            Assert.Equal([Health], run.Agents);
            Assert.All(expected, part => Assert.Contains(part, run.Said, StringComparison.Ordinal));
            Assert.InRange(run.Events.OfType<TextMessageContent>().Count(), 20, 90);
        }
    }

    [Theory]
    [InlineData("I cannot sleep and feel stressed", "Sleep: keep", "Stress: pause")]
    [InlineData("怎么减肥？", "饮食", "快走30分钟")]
    [InlineData("I have chest pain", "emergency")]
    [InlineData("我胸痛", "急救电话")]
    [InlineData("最近总是失眠", "固定作息", "就医")]
    [InlineData("I have been sleeping badly. What could help?", "Sleep: keep", "see a doctor")]
    [InlineData("我最近睡得不好，有什么办法吗？", "固定作息", "就医")]
    public async Task Health_advice_fits_the_complaint_also_without_a_context(string question, params string[] expected)
    {
        var run = await AskAsync(question);
        Assert.Equal([Triage, Health], run.Agents);
        Assert.All(expected, part => Assert.Contains(part, run.Said, StringComparison.Ordinal));
        Assert.DoesNotContain("Going by", run.Said, StringComparison.Ordinal);
        Assert.InRange(run.Events.OfType<TextMessageContent>().Count(), 10, 90);
    }

    [Theory]
    [InlineData("\"tired\"")]
    [InlineData("[1,{\"description\":5}]")]
    [InlineData("""{"mood":7,"sleep_hours":"many","activity_level":null}""")]
    public async Task A_context_that_says_nothing_of_health_changes_nothing(string context)
    {
        var run = await AskAsync("I feel tired", requested: Health, context: context);
        Assert.StartsWith("Here is what I would try first:", run.Said, StringComparison.Ordinal);
    }

    private static async Task<AgentRun> AskAsync(
        string question, string? agent = null, IEnumerable<StoredMessage>? before = null, string? requested = null, string? context = null, IReadOnlyList<string>? offered = null)
    {
        var run = new AgentRun { Offered = offered ?? EveryTool };
        await run.ExecuteAsync(
            new AgentTask
            {
                RunId = Guid.CreateVersion7(),
                ThreadId = "t",
                UserId = "ada",
                Messages = [.. before ?? [], AgentRun.User(question, "q")],
                Agent = requested,
                ThreadAgent = agent,
                Context = context is null ? null : JsonElement.Parse(context),
            },
            [],
            DemoModel.Create());
        return run;
    }
}
