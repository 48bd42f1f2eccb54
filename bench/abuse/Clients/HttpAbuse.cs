using System.Globalization;
using System.Text;

namespace StreamChat.Abuse.Clients;

/// <summary>Clients that send whole requests, too many or such as no proxy passes on.</summary>
internal static class HttpAbuse
{
    public static Task StatusAsync(BadClientContext context, CancellationToken cancellationToken) =>
        AskAsync(context, $"GET /status HTTP/1.1\r\nHost: {context.Server.Authority}\r\nConnection: close\r\n\r\n", cancellationToken);

    public static Task HeaderBytesAsync(BadClientContext context, CancellationToken cancellationToken) =>
        AskAsync(context, $"GET /health HTTP/1.1\r\nHost: {context.Server.Authority}\r\nX-User: Jörg\r\nConnection: close\r\n\r\n", cancellationToken);

    private static async Task AskAsync(BadClientContext context, string request, CancellationToken cancellationToken)
    {
        using var client = await context.ConnectAsync(cancellationToken);
        await client.SendAsync(Encoding.UTF8.GetBytes(request), cancellationToken);
        var status = await client.ReadStatusAsync(cancellationToken);
        await client.DrainAsync(cancellationToken);
        context.Count(string.Create(CultureInfo.InvariantCulture, $"HTTP {status}"));
    }
}
