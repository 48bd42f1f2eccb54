using StreamChat.AgentWorker.Storage;

namespace StreamChat.UnitTests.AgentWorker.Storage;

public sealed class ThreadCursorTests
{
    [Theory]
    [InlineData("7/t")]
    [InlineData("7/~room/a/b")]
    [InlineData("7/")]
    public void What_a_page_said_is_read_again(string text)
    {
        Assert.True(ThreadCursor.TryParse(text, out var cursor));
        Assert.Equal(text, cursor.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("/t")]
    [InlineData("-7/t")]
    [InlineData("x/t")]
    [InlineData("7/t\0")]
    public void Anything_else_is_refused(string text) => Assert.False(ThreadCursor.TryParse(text, out _));
}
