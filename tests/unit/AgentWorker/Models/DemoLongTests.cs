using System.Text;
using Microsoft.Extensions.AI;
using static StreamChat.UnitTests.AgentWorker.Models.DemoModel;

namespace StreamChat.UnitTests.AgentWorker.Models;

/// <summary>Messages that are as long as a client may make them.</summary>
public sealed class DemoLongTests
{
    private const int Length = 95_000;

    private static readonly ChatOptions Everything = Tools(
        "calculator", "current_time", "weather", "news", "recipes", "notes", "add_note", "remove_note", "todos", "add_todo", "complete_todo", "remove_todo", "set_preference", "preferences",
        "update_context");

    public static TheoryData<string> Units =>
    [
        "把", "待办", "remove x ", "delete ", "add x ", "mark x ", "task x ", "list ", "删除", "删除我的", "任务第x", "remind me ", "note: ", "my notes ", "1", "1+", "1+1 ", "(", "几点", "weather ",
        "weather in Paris ", "recipe ", "without a or ", "不含和", "I live in ", "我住在", "My name is Ada ", "news ", " ", "\n", "\t", "?", "a", "A", "Ada ", "あ", "한", "й", "😀", "/load", "hello ",
        "what time is it ", "ignore all ", "1,000 + ", "，", "how are you ",
    ];

    [Theory]
    [MemberData(nameof(Units))]
    public async Task Any_long_question_has_an_answer(string unit)
    {
        var question = new StringBuilder().Insert(0, unit, Length / unit.Length).ToString();
        foreach (var text in new[] { question, $"x{question}x", $"{question}!", $"not {question} 把" })
        {
            // with an earlier question like it, which follow-ups look at
            var response = await AskAsync(Everything, User(question), Assistant("Well."), User(text));
            Assert.True(response.Text.Length > 0 || Calls(response).Count is > 0 and <= 51);
            Assert.NotEmpty((await AskAsync(null, User(text))).Text);
        }
    }

    [Theory]
    [InlineData("What is 12 * 12? ", "")]
    [InlineData("", " What is 12 * 12?")]
    public async Task What_stands_at_either_end_of_a_long_question_is_understood(string begin, string end)
    {
        var question = begin + string.Concat(Enumerable.Repeat("blah. ", Length / 6)) + end;
        var call = Assert.Single(Calls(await AskAsync(Everything, User(question))));
        Assert.Equal(("calculator", "12 * 12"), (call.Name, call.Arguments!["expression"]));
    }

    [Fact]
    public async Task The_load_command_is_read_whole()
    {
        Assert.Equal(3, (await DeltasAsync(Create(), User($"/load 3{new string(' ', Length)}"))).Count);
        Assert.Equal(3, (await DeltasAsync(Create(), User($"/load{new string(' ', Length)}3{new string(' ', 10)}1000000"))).Count);
        Assert.StartsWith("Usage: /load", await SayAsync($"/load 3 1 {new string('x', Length)}"), StringComparison.Ordinal);
    }
}
