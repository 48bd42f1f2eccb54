using System.Globalization;
using System.Net.Sockets;
using System.Text;
using StreamChat.Abuse.Network;

namespace StreamChat.Fuzz;

/// <summary>Opens sockets of every dialect and sends frames that are nearly valid.</summary>
internal sealed class SocketFuzzer(Uri server, Mutator mutator, Findings findings, int number)
{
    private const int MostFrames = 30;
    private const int AddressCrowd = 60;
    private const int Internal = 1011;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly IReadOnlyList<(string Path, IReadOnlyList<string> Frames)> Dialects = Corpus.Load();

    private int _round;

    /// <summary>One connection.</summary>
    public async Task RoundAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        var (path, frames) = mutator.Pick(Dialects);
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';

        // a name of its own, so that the limits of one user do not end the round
        path = path.Replace("user_id=fuzz", string.Create(CultureInfo.InvariantCulture, $"user_id=fuzz-{number}-{_round++}"), StringComparison.Ordinal);
        if (mutator.Chance(0.1))
        {
            path += $"{separator}{Uri.EscapeDataString(mutator.Text() is [var first, ..] ? first.ToString() : "x")}={Uri.EscapeDataString(Shorten(mutator.Text()))}";
        }

        List<byte[]> sent = [Encoding.UTF8.GetBytes(path)];
        using var client = await RawClient.ConnectAsync(LoopbackAddress.Of(AddressCrowd + number, _round % 5_000), server, deadline.Token);
        var status = await client.OpenAsync(server, path, deadline.Token);
        findings.Count(string.Create(CultureInfo.InvariantCulture, $"handshake {status}"));
        if (status != 101)
        {
            if (status >= 500 && status != 503)
            {
                findings.Add($"handshake {status}", path, sent);
            }

            return;
        }

        var reading = ReadAsync(client, sent, deadline.Token);
        try
        {
            for (var i = mutator.Random.Next(1, MostFrames); i > 0 && !reading.IsCompleted; i--)
            {
                await SendAsync(client, mutator.Frame(mutator.Pick(frames)), sent, deadline.Token);
            }

            if (mutator.Chance(0.2))
            {
                client.Reset();
            }
            else
            {
                await client.SendAsync(RawClient.Frame(RawClient.Close, [0x03, 0xE8]), deadline.Token);
            }
        }
        catch (IOException)
        {
            // the server has closed, which the reader judges
        }

        await reading;
    }

    private static string Shorten(string text) => text.Length > 500 ? text[..500] : text;

    private async Task SendAsync(RawClient client, byte[] frame, List<byte[]> sent, CancellationToken cancellationToken)
    {
        sent.Add(frame);
        switch (mutator.Random.Next(12))
        {
            case 0:
                // in fragments, cut anywhere, within a character too
                var cut = mutator.Random.Next(frame.Length + 1);
                await client.SendAsync(RawClient.Frame(RawClient.Text, frame.AsSpan(0, cut), isFinal: false), cancellationToken);
                await client.SendAsync(RawClient.Frame(RawClient.Ping, "x"u8), cancellationToken);
                await client.SendAsync(RawClient.Frame(0, frame.AsSpan(cut)), cancellationToken);
                break;
            case 1:
                await client.SendAsync(RawClient.Frame(2, frame), cancellationToken);
                break;
            case 2 when mutator.Chance(0.2):
                // reserved bits, opcodes that do not exist, lengths that are not true
                await client.SendAsync(mutator.Raw(RawClient.Frame(RawClient.Text, frame)), cancellationToken);
                break;
            case 3 when mutator.Chance(0.1):
                await client.SendAsync(RawClient.Frame(RawClient.Text, frame, claimed: mutator.Pick<long>([long.MaxValue, int.MaxValue, 1 << 20, frame.Length + 1L])), cancellationToken);
                break;
            default:
                await client.SendAsync(RawClient.Frame(RawClient.Text, frame), cancellationToken);
                break;
        }
    }

    private async Task ReadAsync(RawClient client, List<byte[]> sent, CancellationToken cancellationToken)
    {
        try
        {
            while (await client.NextFrameAsync(cancellationToken) is var (opcode, content))
            {
                if (opcode == RawClient.Close)
                {
                    var code = content.Length >= 2 ? (content[0] << 8) | content[1] : 0;
                    findings.Count(string.Create(CultureInfo.InvariantCulture, $"close {code}"));
                    if (code == Internal)
                    {
                        findings.Add("close 1011", Encoding.UTF8.GetString(content.AsSpan(2)), [.. sent]);
                    }
                }
                else if (Encoding.UTF8.GetString(content) is var text && text.Contains("\"code\":\"internal\"", StringComparison.Ordinal))
                {
                    findings.Add("error internal", text, [.. sent]);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException or OperationCanceledException)
        {
            findings.Count(e is OperationCanceledException ? "socket: still open after 10 s" : "socket: reset");
        }
    }
}
