using Microsoft.Extensions.AI;
using static StreamChat.UnitTests.AgentWorker.Models.DemoModel;

namespace StreamChat.UnitTests.AgentWorker.Models;

public sealed class DemoToolsTests
{
    private const string TokyoTime =
        """{"time_zone":"Asia/Tokyo","time":"2026-03-03T21:34:05+09:00","date":"2026-03-03","weekday":"Tuesday","utc_offset":"+09:00"}""";

    [Theory]
    [InlineData("What is 12.5% of 1,847, and what time is it in Tokyo?", "12.5% of 1,847", "Tokyo", "12.5% of 1,847 is 230.875.", "Tuesday, 3 March 2026")]
    [InlineData("1847的12.5%是多少？东京现在几点？", "12.5% of 1847", "Asia/Tokyo", "1847的12.5% 等于 230.875。", "2026年3月3日，星期二")]
    public async Task Both_needs_of_a_question_are_called_at_once_and_told_together(string question, string expression, string zone, string sum, string day)
    {
        ChatMessage[] messages = [User(question)];
        var asked = await AskAsync(Tools("calculator", "current_time"), messages);
        var calls = Calls(asked);

        Assert.Equal(ChatFinishReason.ToolCalls, asked.FinishReason);
        Assert.Equal(["calculator", "current_time"], calls.Select(c => c.Name));
        Assert.Equal(expression, calls[0].Arguments!["expression"]);
        Assert.Equal(zone, calls[1].Arguments!["time_zone"]);
        Assert.Equal(2, calls.Select(c => c.CallId).Distinct().Count());

        foreach (var results in new object[][] { [Json("230.875"), Json(TokyoTime)], ["230.875", TokyoTime] })
        {
            var told = await AskAsync(Tools("calculator", "current_time"), Answered(messages, asked, results));
            Assert.Equal(ChatFinishReason.Stop, told.FinishReason);
            Assert.Contains(sum, told.Text);
            Assert.Contains("21:34", told.Text);
            Assert.Contains(day, told.Text);
        }
    }

    [Theory]
    [InlineData("123 + 456是多少", "123 + 456")]
    [InlineData("What is (2 + 3) * 4?", "(2 + 3) * 4")]
    [InlineData("calculate 12 plus 30", "12 + 30")]
    [InlineData("how much is 1,000,000 divided by 8", "1,000,000 / 8")]
    [InlineData("12乘以3等于多少？", "12 * 3")]
    [InlineData("100除以4", "100 / 4")]
    [InlineData("7*6", "7*6")]
    public async Task Arithmetic_is_cleaned_for_the_calculator(string question, string expression)
    {
        var call = Assert.Single(Calls(await AskAsync(Tools("calculator", "current_time"), User(question))));
        Assert.Equal("calculator", call.Name);
        Assert.Equal(expression, call.Arguments!["expression"]);
    }

    [Theory]
    [InlineData("I was born on 2001-04-05, what do you think?")]
    [InlineData("I work 24/7")]
    [InlineData("Tell me about C++ 20")]
    [InlineData("What is the time complexity of merge sort?")]
    public async Task What_only_looks_like_a_need_calls_nothing(string question) =>
        Assert.Empty(Calls(await AskAsync(Tools("calculator", "current_time"), User(question))));

    [Theory]
    [InlineData("What time is it?", new string[0])]
    [InlineData("现在几点了？", new string[0])]
    [InlineData("你好，请问现在几点？", new string[0])]
    [InlineData("what time is it in tokyo", new[] { "tokyo" })]
    [InlineData("What's the time in New York and London?", new[] { "New York", "London" })]
    [InlineData("What time is it in Europe/Paris right now?", new[] { "Europe/Paris" })]
    [InlineData("北京现在几点？", new[] { "Asia/Shanghai" })]
    [InlineData("现在纽约和伦敦是几点", new[] { "America/New_York", "Europe/London" })]
    [InlineData("Tokyo现在几点？", new[] { "Tokyo" })]
    public async Task Time_questions_name_the_zone_that_was_said(string question, string[] zones)
    {
        var calls = Calls(await AskAsync(Tools("current_time"), User(question)));
        Assert.All(calls, c => Assert.Equal("current_time", c.Name));
        Assert.Equal(Math.Max(1, zones.Length), calls.Count);
        Assert.Equal(zones, calls.Where(c => c.Arguments!.ContainsKey("time_zone")).Select(c => c.Arguments!["time_zone"]));
    }

    [Theory]
    [InlineData("What is the weather in Paris?", "get_weather", "city", "Paris")]
    [InlineData("北京天气怎么样？", "get_weather", "city", "北京")]
    [InlineData("Show me the news about space travel.", "get_news", "topic", "space travel")]
    [InlineData("有什么关于科技的新闻？", "get_news", "topic", "科技")]
    [InlineData("Find me a recipe for apple pie", "search_recipes", "query", "apple pie")]
    [InlineData("给我一个西红柿的食谱", "search_recipes", "query", "西红柿")]
    public async Task Look_ups_name_what_is_looked_for(string question, string tool, string argument, string value)
    {
        var call = Assert.Single(Calls(await AskAsync(Tools("get_weather", "get_news", "search_recipes"), User(question))));
        Assert.Equal(tool, call.Name);
        Assert.Equal(value, call.Arguments![argument]);
    }

    [Theory]
    [InlineData("What is 2 + 2?", "Error: the divisor is zero", "the divisor is zero", "sorry")]
    [InlineData("2 + 2等于多少？", "Error: 除数为零", "除数为零", "抱歉")]
    public async Task A_failed_tool_is_told_with_its_error(string question, string result, string error, string apology)
    {
        ChatMessage[] messages = [User(question)];
        var asked = await AskAsync(Tools("calculator"), messages);
        var told = await AskAsync(Tools("calculator"), Answered(messages, asked, result));
        Assert.Contains(error, told.Text);
        Assert.Contains(apology, told.Text);
    }

    [Theory]
    [InlineData("What is 2 + 2?", "not available right now")]
    [InlineData("东京现在几点？", "不可用")]
    public async Task A_missing_tool_is_admitted(string question, string admission) =>
        Assert.Contains(admission, (await AskAsync(null, User(question))).Text);

    [Fact]
    public async Task A_need_of_another_agent_is_handed_off_once_and_met_there()
    {
        ChatMessage[] messages = [User("What is the weather in Oslo?")];
        var first = await AskAsync(Tools("calculator", "transfer_to_news_agent", "transfer_to_weather_agent"), messages);
        Assert.Equal("transfer_to_weather_agent", Assert.Single(Calls(first)).Name);

        messages = Answered(messages, first, "ok");
        var second = await AskAsync(Tools("get_weather", "transfer_to_news_agent"), messages);
        Assert.Equal("get_weather", Assert.Single(Calls(second)).Name);
        Assert.NotEqual(Calls(first)[0].CallId, Calls(second)[0].CallId);

        var told = await AskAsync(Tools("get_weather"), Answered(messages, second, Json("""{"temperature":7,"sky":"clear"}""")));
        Assert.Contains("Oslo", told.Text);
        Assert.Contains("temperature: 7", told.Text);

        var nobody = await AskAsync(Tools("transfer_to_weather_agent"), messages);
        Assert.Empty(Calls(nobody));
    }

    [Fact]
    public async Task A_health_question_goes_to_whom_knows_and_is_answered_there()
    {
        ChatMessage[] messages = [User("I have a headache, what should I do?")];
        var first = await AskAsync(Tools("transfer_to_health"), messages);
        Assert.Equal("transfer_to_health", Assert.Single(Calls(first)).Name);
        Assert.Contains("headache", (await AskAsync(null, Answered(messages, first, "ok"))).Text);
    }

    [Theory]
    [InlineData("I live in Lisbon. What is the weather like today?", "Lisbon")]
    [InlineData("What is the weather in St. Louis?", "St. Louis")]
    [InlineData("I am in New York. Will it rain?", "New York")]
    public async Task A_place_ends_with_its_sentence(string question, string city) =>
        Assert.Equal(city, Assert.Single(Calls(await AskAsync(Tools("weather"), User(question)))).Arguments!["city"]);

    [Theory]
    [InlineData("What is the weather?", "Which city would you like the weather for?", "Oslo", "Oslo")]
    [InlineData("天气怎么样？", "请问您想查询哪个城市的天气？", "杭州", "杭州")]
    public async Task What_is_lacking_is_asked_of_the_user_where_the_client_has_a_tool_for_it(string question, string asked, string answer, string city)
    {
        ChatMessage[] messages = [User(question)];
        var tools = Tools("weather", "ask_user");
        var first = await AskAsync(tools, messages);
        var call = Assert.Single(Calls(first));
        Assert.Equal(("ask_user", asked), (call.Name, call.Arguments!["question"]));

        var second = await AskAsync(tools, Answered(messages, first, answer));
        call = Assert.Single(Calls(second));
        Assert.Equal(("weather", city), (call.Name, call.Arguments!["city"]));
        Assert.NotEqual(Calls(first)[0].CallId, call.CallId);
        var told = await AskAsync(tools, Answered(Answered(messages, first, answer), second, Json("""{"sky":"clear sky"}""")));
        Assert.Contains(city, told.Text);
        Assert.Empty(Calls(told));
    }

    [Fact]
    public async Task Who_will_not_be_asked_by_a_tool_is_asked_in_words()
    {
        ChatMessage[] messages = [User("What is the weather?")];
        Assert.Contains("Which city", (await AskAsync(Tools("weather"), messages)).Text);

        var first = await AskAsync(Tools("weather", "ask_user"), messages);
        var declined = await AskAsync(Tools("weather", "ask_user"), Answered(messages, first, "Error: The user declined to answer."));
        Assert.Empty(Calls(declined));
        Assert.Contains("Which city", declined.Text);
    }
}
