using System.Text;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>The error output of a server, which must be read so that it does not wait to be rid of it.</summary>
internal static class McpErrorOutput
{
    /// <summary>As many characters of a line are kept; one more tells that there were more.</summary>
    public const int MaxLine = 1000;

    private const int ChunkChars = 1024;

    /// <summary>Reads to the end, or until it is given up. Never fails.</summary>
    public static async Task ReadAsync(TextReader errors, Action<string> line, CancellationToken cancellationToken)
    {
        var chunk = new char[ChunkChars];
        StringBuilder begun = new(MaxLine + 1);
        try
        {
            while (await errors.ReadAsync(chunk, cancellationToken).AsTask().WaitAsync(cancellationToken) is var count && count > 0)
            {
                Take(chunk.AsSpan(0, count), begun, line);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // the server was ended
        }

        End(begun, line);
    }

    private static void Take(ReadOnlySpan<char> chunk, StringBuilder begun, Action<string> line)
    {
        while (chunk.IndexOfAny('\r', '\n') is var end && end >= 0)
        {
            Append(begun, chunk[..end]);
            End(begun, line);
            chunk = chunk[(end + 1)..];
        }

        Append(begun, chunk);
    }

    private static void Append(StringBuilder begun, ReadOnlySpan<char> text) => begun.Append(text[..Math.Min(text.Length, MaxLine + 1 - begun.Length)]);

    private static void End(StringBuilder begun, Action<string> line)
    {
        if (begun.Length > 0)
        {
            line(begun.ToString());
            begun.Clear();
        }
    }
}
