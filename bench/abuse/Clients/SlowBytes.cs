using System.Globalization;
using System.Text;
using StreamChat.Abuse.Network;

namespace StreamChat.Abuse.Clients;

/// <summary>Clients that hold a connection without finishing a request.</summary>
internal static class SlowBytes
{
    private static readonly TimeSpan HandshakePace = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan BodyPace = TimeSpan.FromSeconds(1);

    public static async Task HandshakeAsync(BadClientContext context, CancellationToken cancellationToken)
    {
        using var client = await context.ConnectAsync(cancellationToken);
        await DripAsync(context, client, RawClient.Handshake(context.Server, context.NativePath()), HandshakePace, cancellationToken);
    }

    public static async Task BodyAsync(BadClientContext context, CancellationToken cancellationToken)
    {
        using var client = await context.ConnectAsync(cancellationToken);
        var head = $"POST /broadcast HTTP/1.1\r\nHost: {context.Server.Authority}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n";
        await client.SendAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
        await DripAsync(context, client, Encoding.ASCII.GetBytes("{\"message\":\"" + new string('a', 988)), BodyPace, cancellationToken);
    }

    public static async Task NothingAsync(BadClientContext context, CancellationToken cancellationToken)
    {
        using var client = await context.ConnectAsync(cancellationToken);
        await client.DrainAsync(cancellationToken);
        context.Count("closed by the server");
    }

    private static async Task DripAsync(
        BadClientContext context, RawClient client, byte[] bytes, TimeSpan pace, CancellationToken cancellationToken)
    {
        var answer = client.ReadStatusAsync(cancellationToken);
        for (var i = 0; i < bytes.Length && !answer.IsCompleted; i++)
        {
            await client.SendAsync(bytes.AsMemory(i, 1), cancellationToken);
            await Task.WhenAny(answer, Task.Delay(pace, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        var status = await answer;
        context.Count(string.Create(CultureInfo.InvariantCulture, $"HTTP {status}"));
    }
}
