using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace StreamChat.Hosting.Connections;

/// <summary>
/// Closes a connection whose client sends nothing. Kestrel applies its keep-alive time-out, 130 s, to the time before the first request too;
/// that is too long for a connection that has cost its client nothing, and a short keep-alive would close connections between two requests.
/// </summary>
internal static class FirstByte
{
    /// <summary>How long a new connection may send nothing.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Waits for the first byte, which stays unread, and goes on with the connection.</summary>
    public static async Task AwaitAsync(ConnectionContext connection, ConnectionDelegate next, ConnectionGate gate, TimeProvider time)
    {
        if (await HasBegunAsync(connection, gate, time))
        {
            await next(connection);
        }
    }

    private static async Task<bool> HasBegunAsync(ConnectionContext connection, ConnectionGate gate, TimeProvider time)
    {
        var input = connection.Transport.Input;
        using var deadline = new CancellationTokenSource(Timeout, time);
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        try
        {
            var read = await input.ReadAsync(either.Token);
            input.AdvanceTo(read.Buffer.Start);
            return !read.Buffer.IsEmpty;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            if (deadline.IsCancellationRequested)
            {
                gate.CloseSilent();
                connection.Abort(new ConnectionAbortedException("The client sent nothing."));
            }

            return false;
        }
    }
}
