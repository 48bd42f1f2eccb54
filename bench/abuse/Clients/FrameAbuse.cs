using StreamChat.Abuse.Network;

namespace StreamChat.Abuse.Clients;

/// <summary>Clients that send frames no protocol has, or more of them than anybody needs.</summary>
internal static class FrameAbuse
{
    private const int Megabyte = 1024 * 1024;
    private const int BadFrames = 30;
    private const int Pings = 10_000;
    private const int PingsPerWrite = 1_000;

    // each of these is an error of the protocol that the socket survives, until there are too many of them in a row
    private static readonly string[] Bad =
    [
        "nonsense", "", "[]", "null", "{", "{\"type\":5}", "{\"type\":\"dance\"}", "{\"type\":\"run\"}", "{\"type\":\"attach\",\"runId\":\"x\"}",
        "{\"type\":\"run\",\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}", "{\"type\":\"join\"}", "\"text\"", "{\"a\":1e999999}",
    ];

    private static readonly byte[] Half = RawClient.Frame(RawClient.Text, [.. Enumerable.Repeat((byte)' ', Megabyte - 1)], claimed: Megabyte);
    private static readonly byte[] Large = RawClient.Frame(RawClient.Text, [.. Enumerable.Repeat((byte)' ', 2 * Megabyte)]);

    public static async Task BadFramesAsync(BadClientContext context, CancellationToken cancellationToken)
    {
        if (await context.OpenAsync(cancellationToken) is not { } client)
        {
            return;
        }

        using (client)
        {
            var closed = context.CountCloseAsync(client, cancellationToken);
            for (var i = 0; i < BadFrames; i++)
            {
                await client.SendAsync(RawClient.Frame(Bad[context.Random.Next(Bad.Length)]), cancellationToken);
            }

            await closed;
        }
    }

    public static async Task PingsAsync(BadClientContext context, CancellationToken cancellationToken)
    {
        if (await context.OpenAsync(cancellationToken) is not { } client)
        {
            return;
        }

        using (client)
        {
            // half of the rounds by the protocol's own frames, half by WebSocket's
            var ping = context.Random.Next(2) == 0 ? RawClient.Frame(RawClient.Ping, "ping"u8) : RawClient.Frame("{\"type\":\"ping\"}");
            byte[] many = [.. Enumerable.Repeat(ping, PingsPerWrite).SelectMany(p => p)];
            var closed = context.CountCloseAsync(client, cancellationToken);
            for (var sent = 0; sent < Pings; sent += PingsPerWrite)
            {
                await client.SendAsync(many, cancellationToken);
            }

            await client.SendAsync(RawClient.Frame(RawClient.Close, [0x03, 0xE8]), cancellationToken);
            await closed;
        }
    }

    public static Task HalfFrameAsync(BadClientContext context, CancellationToken cancellationToken) =>
        SendAndWaitAsync(context, Half, cancellationToken);

    public static Task LargeFrameAsync(BadClientContext context, CancellationToken cancellationToken) =>
        SendAndWaitAsync(context, Large, cancellationToken);

    private static async Task SendAndWaitAsync(BadClientContext context, byte[] frame, CancellationToken cancellationToken)
    {
        if (await context.OpenAsync(cancellationToken) is not { } client)
        {
            return;
        }

        using (client)
        {
            var closed = context.CountCloseAsync(client, cancellationToken);
            try
            {
                await client.SendAsync(frame, cancellationToken);
            }
            catch (IOException)
            {
                // the server has closed before all of it was sent, which is its right
            }

            await closed;
        }
    }
}
