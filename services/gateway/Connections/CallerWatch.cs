using Microsoft.Extensions.Options;
using StreamChat.Gateway.Auth;

namespace StreamChat.Gateway.Connections;

/// <summary>
/// Closes connections whose access token has expired, within a second, or was revoked, at once. One timer for all of them, instead
/// of one each.
/// </summary>
internal sealed class CallerWatch(
    ConnectionRegistry registry, Authenticator authenticator, Revocations revocations, IOptions<AuthOptions> options, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>One pass over the connections.</summary>
    public void Check()
    {
        foreach (var connection in registry.Each)
        {
            switch (authenticator.StateOf(connection.Caller))
            {
                case TokenState.Expired:
                    connection.Close(CloseReason.TokenExpired);
                    break;
                case TokenState.Revoked:
                    connection.Close(CloseReason.TokenRevoked);
                    break;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Required)
        {
            return;
        }

        revocations.Added += Check;
        try
        {
            using var timer = new PeriodicTimer(Interval, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Check();
            }
        }
        finally
        {
            revocations.Added -= Check;
        }
    }
}
