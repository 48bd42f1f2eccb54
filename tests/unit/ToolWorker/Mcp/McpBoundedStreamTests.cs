using System.Text;
using StreamChat.ToolWorker.Mcp;

namespace StreamChat.UnitTests.ToolWorker.Mcp;

public sealed class McpBoundedStreamTests
{
    private readonly List<McpMessageTooLargeException> _exceeded = [];

    [Theory]
    [InlineData("Event", "data: 1\n\ndata: 2\n\n")]
    [InlineData("Event", "a: 1\r\n\r\nb: 2\r\n\r\nc: 3")]
    [InlineData("Event", "data: 1\r\rdata: 2\r\r")]
    [InlineData("Body", "1\n\n\r\n567")]
    public async Task Messages_within_the_bound_pass_as_they_are(string framing, string text)
    {
        foreach (var chunk in new[] { 1, 2, 3, 100 })
        {
            Assert.Equal(text, await ReadAsync(text, framing, 8, chunk));
        }

        Assert.Empty(_exceeded);
    }

    [Theory]
    [InlineData("Event", "a:1\nb:2\nc:3\n\n")]
    [InlineData("Event", "a:1\r\nb:2\r\nc:3\r\n\r\n")]
    [InlineData("Event", "a:1\rb:2\rc:3\r\r")]
    [InlineData("Event", "\n\n123456789")]
    [InlineData("Body", "1\n\n4\n\n78\n")]
    public async Task The_first_beyond_it_ends_the_reading(string framing, string text)
    {
        foreach (var chunk in new[] { 1, 2, 3, 100 })
        {
            _exceeded.Clear();
            var thrown = await Assert.ThrowsAsync<McpMessageTooLargeException>(() => ReadAsync(text, framing, 8, chunk));
            Assert.Same(thrown, Assert.Single(_exceeded));
        }
    }

    [Fact]
    public async Task Of_error_output_without_a_line_end_the_beginning_is_kept()
    {
        List<string> lines = [];
        using StringReader errors = new($"one\r\n\n{new string('x', 100_000)}\ntwo");
        await McpErrorOutput.ReadAsync(errors, lines.Add, TestContext.Current.CancellationToken);
        Assert.Equal(["one", new string('x', McpErrorOutput.MaxLine + 1), "two"], lines);
    }

    private async Task<string> ReadAsync(string text, string framing, int max, int chunk)
    {
        await using McpBoundedStream stream = new(new MemoryStream(Encoding.UTF8.GetBytes(text)), Enum.Parse<McpFraming>(framing), max, _exceeded.Add);
        StringBuilder read = new();
        var buffer = new byte[chunk];
        while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is var count && count > 0)
        {
            read.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return read.ToString();
    }
}
