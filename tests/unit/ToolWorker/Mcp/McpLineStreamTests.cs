using System.Text;
using StreamChat.ToolWorker.Mcp;

namespace StreamChat.UnitTests.ToolWorker.Mcp;

/// <summary>Lines of a server's standard output: one that is too long costs its own call, and nobody else's.</summary>
public sealed class McpLineStreamTests
{
    private const int Max = 1000;

    private readonly List<McpMessageTooLargeException> _exceeded = [];

    [Fact]
    public async Task Lines_within_the_bound_pass_as_they_are()
    {
        var text = $"{new string('a', Max)}\n{new string('b', Max - 1)}\r\n\n{new string('c', Max)}";
        foreach (var chunk in new[] { 1, 7, 999, 100_000 })
        {
            Assert.Equal(text, await ReadAsync(text, chunk));
        }

        Assert.Empty(_exceeded);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":"call-7","result":{"text":"$"}}""", "\"call-7\"")]
    [InlineData("""{"id":"call-7","jsonrpc":"2.0","result":{"text":"$"}}""", "\"call-7\"")]
    [InlineData("""{"result":{"text":"$"},"jsonrpc":"2.0","id":"call-7"}""", "\"call-7\"")]
    [InlineData("""{ "result" : {"text":"$"}, "id" : 12, "jsonrpc" : "2.0" }""", "12")]
    [InlineData("""{"jsonrpc":"2.0","result":{"id":"call-1","text":"$","more":{"id":"call-2"}},"id":"call-7"}""", "\"call-7\"")]
    public async Task An_answer_that_is_too_long_becomes_the_error_of_its_call_and_the_next_ones_are_read(string answer, string id)
    {
        var text = $"first\n{answer.Replace("$", new string('x', 20 * Max), StringComparison.Ordinal)}\nnext\nlast\n";
        foreach (var chunk in new[] { 1, 7, 999, 100_000 })
        {
            var lines = (await ReadAsync(text, chunk)).Split('\n');
            Assert.Equal("first", lines[0]);
            Assert.Equal(Max, lines[1].Length);
            Assert.Equal($$$"""{"jsonrpc":"2.0","id":{{{id}}},"error":{"code":-32000,"message":"The answer has more than 1000 bytes."}}""", lines[2]);
            Assert.Equal(["next", "last", ""], lines[3..]);
        }

        Assert.Empty(_exceeded);
    }

    [Theory]
    [InlineData("$")]
    [InlineData("""{"method":"notifications/message","params":{"text":"$"}}""")]
    [InlineData("""{"result":{"text":"$"}}""")]
    [InlineData("""{"result":{"text":"$ \"id\":\"call-7\"}""")]
    public async Task A_line_that_is_too_long_and_no_answer_ends_the_reading(string line)
    {
        foreach (var chunk in new[] { 7, 100_000 })
        {
            _exceeded.Clear();
            var text = line.Replace("$", new string('x', 2 * Max), StringComparison.Ordinal) + "\nnext\n";
            var thrown = await Assert.ThrowsAsync<McpMessageTooLargeException>(() => ReadAsync(text, chunk));
            Assert.Same(thrown, Assert.Single(_exceeded));
        }
    }

    [Fact]
    public async Task An_answer_without_end_ends_the_reading()
    {
        await using McpLineStream stream = new(new EndlessStream("""{"result":{"text":" """), Max, _exceeded.Add);
        var buffer = new byte[4096];
        await Assert.ThrowsAsync<McpMessageTooLargeException>(async () =>
        {
            while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) > 0)
            {
            }
        });
        Assert.Single(_exceeded);
    }

    private async Task<string> ReadAsync(string text, int chunk)
    {
        await using McpLineStream stream = new(new MemoryStream(Encoding.UTF8.GetBytes(text)), Max, _exceeded.Add);
        StringBuilder read = new();
        var buffer = new byte[chunk];
        while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is var count && count > 0)
        {
            read.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return read.ToString();
    }

    private sealed class EndlessStream(string beginning) : MemoryStream(Encoding.UTF8.GetBytes(beginning))
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            if (count > 0)
            {
                return count;
            }

            buffer.Span.Fill((byte)'x');
            return buffer.Length;
        }
    }
}
