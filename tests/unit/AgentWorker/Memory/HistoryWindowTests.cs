using FsCheck;
using FsCheck.Fluent;
using StreamChat.AgentWorker.Memory;
using StreamChat.AgentWorker.Storage;

namespace StreamChat.UnitTests.AgentWorker.Memory;

public sealed class HistoryWindowTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("four", 1)]
    [InlineData("fives", 2)]
    [InlineData("你好，世界", 5)]
    [InlineData("안녕", 2)]
    [InlineData("hi 你好", 3)]
    [InlineData("👋", 1)]
    public void Tokens_are_estimated_by_script(string text, int tokens) => Assert.Equal(tokens, TokenEstimate.Of(text));

    [Theory]
    [InlineData("u a u a", 1000, 0)]
    [InlineData("u a u a", 30, 2)]
    [InlineData("u a u a", 39, 2)]
    [InlineData("u a u a", 40, 0)]
    [InlineData("u a u a", 0, 4)]
    [InlineData("u c t t a u a", 30, 5)]
    [InlineData("u c t t a", 30, 4)]
    [InlineData("u c t t a", 43, 4)]
    [InlineData("u c t t a", 45, 1)]
    [InlineData("u c t t a", 54, 0)]
    [InlineData("t u a", 1000, 1)]
    [InlineData("s u a", 1000, 0)]
    public void The_window_begins_where_a_reader_can_begin(string history, int tokens, int start) =>
        Assert.Equal(start, HistoryWindow.Start(Messages(history), tokens));

    [Fact]
    public void The_new_messages_are_always_shown()
    {
        var added = Messages("u");
        Assert.Equal(added, HistoryWindow.Select(Messages("u a u a"), added, tokens: 1));
        Assert.Equal(5, HistoryWindow.Select(Messages("u a u a"), added, tokens: 1000).Count);
    }

    [Fact]
    public void No_window_is_larger_than_it_may_be_or_begins_with_a_result_whose_call_it_leaves_out() =>
        Prop.ForAll(
            Arb.From(Gen.Elements("u", "a", "c", "t").ArrayOf()),
            Arb.From(Gen.Choose(0, 400)),
            (kinds, tokens) =>
            {
                var messages = Messages(string.Join(' ', kinds));
                var shown = messages.Skip(HistoryWindow.Start(messages, tokens)).ToList();
                Assert.Null(shown.FirstOrDefault()?.ToolCallId);
                Assert.True(shown.Sum(TokenEstimate.Of) <= tokens);
            }).Check(Config.QuickThrowOnFailure);

    private static List<StoredMessage> Messages(string kinds) => [.. kinds.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((kind, i) => new StoredMessage
    {
        MessageId = $"m{i}",
        Role = kind switch { "u" => "user", "t" => "tool", "s" => "system", _ => "assistant" },
        Content = "twenty-four characters..",
        ToolCalls = kind == "c" ? "[{},{}]" : null,
        ToolCallId = kind == "t" ? "c" : null,
    })];
}
