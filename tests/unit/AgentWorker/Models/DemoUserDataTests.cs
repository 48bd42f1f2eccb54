using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;
using static StreamChat.UnitTests.AgentWorker.Models.DemoModel;

namespace StreamChat.UnitTests.AgentWorker.Models;

/// <summary>What the demo model asks of the tools that come with the program, and how it tells what they answer.</summary>
public sealed class DemoUserDataTests
{
    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly ChatOptions Offered = Tools(
        "weather", "news", "recipes", "notes", "add_note", "remove_note", "todos", "add_todo", "complete_todo", "remove_todo", "preferences", "set_preference", "update_context");

    [Theory]
    [InlineData("Please take a note: buy milk", "add_note", """{"text":"buy milk"}""")]
    [InlineData("帮我记一下明天买牛奶", "add_note", """{"text":"明天买牛奶"}""")]
    [InlineData("Note down: what is the weather in Oslo", "add_note", """{"text":"what is the weather in Oslo"}""")]
    [InlineData("Show me my notes", "notes", "{}")]
    [InlineData("我的笔记有哪些？", "notes", "{}")]
    [InlineData("Delete note 2", "remove_note", """{"note":"2"}""")]
    [InlineData("删除第2条笔记", "remove_note", """{"note":"2"}""")]
    [InlineData("Remind me to call Bob.", "add_todo", """{"text":"call Bob"}""")]
    [InlineData("Add bread to my shopping list", "add_todo", """{"text":"bread"}""")]
    [InlineData("提醒我给妈妈打电话", "add_todo", """{"text":"给妈妈打电话"}""")]
    [InlineData("添加待办：交房租", "add_todo", """{"text":"交房租"}""")]
    [InlineData("What is on my to-do list?", "todos", "{}")]
    [InlineData("我的待办有哪些？", "todos", "{}")]
    [InlineData("Mark call Bob as done", "complete_todo", """{"todo":"call Bob"}""")]
    [InlineData("完成第1条待办", "complete_todo", """{"todo":"1"}""")]
    [InlineData("Remove bread from my shopping list", "remove_todo", """{"todo":"bread"}""")]
    [InlineData("My favourite dish is mapo tofu", "set_preference", """{"value":"mapo tofu","name":"favourite dish"}""")]
    [InlineData("我最喜欢的颜色是蓝色", "set_preference", """{"value":"蓝色","name":"最喜欢的颜色"}""")]
    [InlineData("What are my preferences?", "preferences", "{}")]
    [InlineData("I'm in Berlin.", "update_context", """{"city":"Berlin"}""")]
    [InlineData("我在北京。", "update_context", """{"city":"北京"}""")]
    [InlineData("切换到上海", "update_context", """{"city":"上海"}""")]
    [InlineData("切换成员到妈妈", "update_context", """{"member":"妈妈"}""")]
    [InlineData("I feel so stressed", "update_context", """{"mood":"stressed"}""")]
    [InlineData("我最近压力很大", "update_context", """{"mood":"stressed"}""")]
    [InlineData("I am vegan", "update_context", """{"diet":"vegan"}""")]
    [InlineData("Find me a vegetarian recipe for soup under 30 minutes", "recipes", """{"language":"en","diet":"vegetarian","max_minutes":30,"query":"soup"}""")]
    [InlineData("推荐一个素食菜谱", "recipes", """{"language":"zh","diet":"vegetarian"}""")]
    [InlineData("番茄炒蛋怎么做？", "recipes", """{"language":"zh","query":"番茄炒蛋"}""")]
    [InlineData("Any news?", "news", """{"language":"en"}""")]
    public async Task What_is_asked_for_is_called_with_what_was_said(string question, string tool, string arguments)
    {
        var call = Assert.Single(Calls(await AskAsync(Offered, User(question))));
        Assert.Equal(tool, call.Name);
        Assert.Equal(arguments, JsonSerializer.Serialize(call.Arguments, Unescaped));
    }

    [Theory]
    [InlineData("Please take a note: buy milk", """{"added":{"number":3,"text":"buy milk"}}""", "Noted as number 3: “buy milk”.")]
    [InlineData("帮我记一下明天买牛奶", """{"added":{"number":3,"text":"明天买牛奶"}}""", "已记下第3条：“明天买牛奶”。")]
    [InlineData("Show me my notes", """{"notes":[{"number":2,"text":"b"},{"number":1,"text":"a"}],"total":2}""", "Your notes:\n2. b\n1. a")]
    [InlineData("我的待办有哪些？", """{"todos":[],"total":0}""", "您没有待办事项。")]
    [InlineData("完成第1条待办", """{"completed":{"number":1,"text":"交房租"}}""", "已完成：“交房租”。")]
    [InlineData("What are my preferences?", """{"preferences":{"diet":"vegan"}}""", "Your preferences:\n- diet: vegan")]
    [InlineData("I'm in Berlin.", """{"updated":{"city":"Berlin"}}""", "Good to know: you live in Berlin. I will remember that. What would you like to do next?")]
    [InlineData("切换成员到妈妈", """{"updated":{"member":"妈妈"}}""", "我记住了：member: 妈妈。")]
    [InlineData(
        "What is the weather in Oslo?",
        """{"place":"Oslo","source":"sample data","current":{"temperature_c":7,"wind_kmh":12,"sky":"light rain"},"forecast":[{},{"min_c":1,"max_c":5,"sky":"overcast"}]}""",
        "The weather in Oslo: light rain, 7 °C, wind 12 km/h. Tomorrow: overcast, 1 to 5 °C. This is sample data, not the real weather.")]
    [InlineData(
        "奥斯陆天气怎么样？",
        """{"place":"Oslo","source":"api.open-meteo.com","current":{"temperature_c":7,"sky":"light rain"},"forecast":[]}""",
        "奥斯陆的天气：小雨，7°C。（来源：api.open-meteo.com）")]
    [InlineData(
        "有什么关于科技的新闻？",
        """{"items":[{"title":"标题","source":"sample data"}],"note":"This is made-up sample data, not real news."}""",
        "以下是新闻（科技）：\n- 标题\n\n（这是示例数据，并非真实新闻。）")]
    [InlineData(
        "番茄炒蛋怎么做？",
        """{"recipes":[{"name":"番茄炒蛋","minutes":15,"ingredients":["番茄","鸡蛋"],"steps":["打蛋。","炒。"]},{"name":"番茄浓汤","minutes":30}],"total":2}""",
        "番茄炒蛋的食谱：番茄炒蛋（15分钟）\n食材：番茄、鸡蛋\n1. 打蛋。\n2. 炒。\n\n还有：番茄浓汤（30分钟）")]
    [InlineData("Find me a recipe for stones", """{"recipes":[],"total":0}""", "I have no recipe for stones.")]
    public async Task What_a_tool_answers_is_told_in_the_language_of_the_question(string question, string result, string told)
    {
        ChatMessage[] messages = [User(question)];
        var asked = await AskAsync(Offered, messages);
        Assert.Equal(told, (await AskAsync(Offered, Answered(messages, asked, Json(result)))).Text);
    }

    [Fact]
    public async Task What_is_missing_is_asked_for_and_the_reply_is_kept()
    {
        var asked = await AskAsync(Offered, User("Take a note"));
        Assert.Equal("What shall I note?", asked.Text);
        var call = Assert.Single(Calls(await AskAsync(Offered, User("Take a note"), Assistant(asked.Text), User("buy milk"))));
        Assert.Equal(("add_note", "buy milk"), (call.Name, call.Arguments!["text"]));
    }

    [Fact]
    public async Task Without_the_tool_the_situation_is_no_need() =>
        Assert.Empty(Calls(await AskAsync(Tools("weather"), User("I live in Oslo."))));
}
