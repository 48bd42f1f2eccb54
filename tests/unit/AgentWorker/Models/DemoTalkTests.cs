using Microsoft.Extensions.AI;
using static StreamChat.UnitTests.AgentWorker.Models.DemoModel;

namespace StreamChat.UnitTests.AgentWorker.Models;

public sealed class DemoTalkTests
{
    [Theory]
    [InlineData("My name is Ada and I live in Paris.", "What is my name?", "Ada")]
    [InlineData("My name is Ada and I live in Paris.", "Where do I live?", "Paris")]
    [InlineData("Hi, I’m Ada", "Do you remember my name?", "Ada")]
    [InlineData("I live in New York now", "which city do I live in?", "New York")]
    [InlineData("我叫小明，住在上海。", "我叫什么名字？", "小明")]
    [InlineData("我叫小明，住在上海。", "我住在哪里？", "上海")]
    [InlineData("你好，我叫小明", "你还记得我叫什么吗", "小明")]
    public async Task It_remembers_what_was_said(string told, string asked, string expected) =>
        Assert.Contains(expected, await SayAsync(told, "Tell me about rivers", asked));

    [Theory]
    [InlineData("What is my name?", "not told me")]
    [InlineData("where do I live?", "not told me")]
    [InlineData("我叫什么名字？", "还没有告诉我")]
    [InlineData("我住在哪里？", "还没有告诉我")]
    public async Task It_says_what_it_was_not_told(string asked, string expected) => Assert.Contains(expected, await SayAsync(asked));

    [Theory]
    [InlineData("Hello!", "Hello")]
    [InlineData("你好", "您好")]
    [InlineData("Who are you?", "StreamChat")]
    [InlineData("你好，请介绍一下你自己", "智能助手")]
    [InlineData("thanks a lot", "You are welcome")]
    [InlineData("谢谢！", "不客气")]
    [InlineData("help", "calculation")]
    [InlineData("你能做什么？", "计算")]
    [InlineData("Tell me a joke", "bugs")]
    [InlineData("讲个笑话", "程序员")]
    [InlineData("用Python写一个快速排序", "```python\ndef quicksort(items):\n    if")]
    [InlineData("write quicksort in Python", "```python\ndef quicksort(items):\n    if")]
    public async Task Small_talk(string said, string expected) => Assert.Contains(expected, await SayAsync(said));

    [Theory]
    [InlineData("What can you do?", "weather in Lisbon", "buy milk", "recipe")]
    [InlineData("你能做什么？", "北京今天天气", "待办", "菜谱")]
    public async Task Help_names_what_tools_and_other_agents_can_do(string question, string weather, string notes, string recipes)
    {
        var help = (await AskAsync(Tools("weather", "transfer_to_assistant"), User(question))).Text;
        Assert.Contains(weather, help, StringComparison.Ordinal);
        Assert.Contains(notes, help, StringComparison.Ordinal);
        Assert.DoesNotContain(recipes, help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("What is this?", "cannot look at it")]
    [InlineData("这是什么？", "看不了图片")]
    public async Task It_says_that_it_cannot_see_pictures(string question, string admission)
    {
        var message = User(question);
        message.Contents.Add(new DataContent(new byte[] { 1 }, "image/png"));
        Assert.Contains(admission, (await AskAsync(null, message)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anything_else_is_answered_at_some_length_about_the_users_words()
    {
        var text = await SayAsync("How do submarines dive?");
        Assert.Contains("How do submarines dive?", text);
        Assert.InRange(text.Split(' ').Length, 60, 120);
        Assert.Contains("潜艇是怎么下潜的", await SayAsync("潜艇是怎么下潜的？"));
    }

    [Fact]
    public async Task The_answer_comes_in_words_and_ends_with_reason_and_usage()
    {
        List<ChatResponseUpdate> updates = [];
        await foreach (var update in Create().GetStreamingResponseAsync([User("Hello")], null, TestContext.Current.CancellationToken))
        {
            updates.Add(update);
        }

        Assert.Equal("Hello! ", updates[0].Text);
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
        Assert.Equal(updates.Count - 1, updates[^1].Contents.OfType<UsageContent>().Single().Details.OutputTokenCount);
        Assert.All(await DeltasAsync(Create(), User("你好")), d => Assert.InRange(d.Length, 1, 2));
    }

    [Theory]
    [InlineData("How do submarines dive?")]
    [InlineData("用Python写一个快速排序")]
    public async Task A_begun_answer_is_continued_exactly(string question)
    {
        var deltas = await DeltasAsync(Create(), User(question));
        var whole = string.Concat(deltas);
        for (var said = 0; said <= deltas.Count; said++)
        {
            var prefix = string.Concat(deltas.Take(said));
            Assert.Equal(whole, prefix + string.Concat(await DeltasAsync(Create(), User(question), Assistant(prefix))));
        }
    }

    [Fact]
    public void It_tells_what_it_is() =>
        Assert.Equal("demo", Assert.IsType<ChatClientMetadata>(Create().GetService(typeof(ChatClientMetadata))).DefaultModelId);
}
