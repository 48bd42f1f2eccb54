namespace StreamChat.Client.Connections;

/// <summary>
/// The access token: of the sockets that come, and of the one that is there, which is told a new one before the old one is no good any more.
/// Whoever uses it holds the lock, but to get one.
/// </summary>
internal sealed class Tokens : IDisposable
{
    private static readonly TimeSpan ShortestRenewal = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRenewal = TimeSpan.FromDays(20);
    private static readonly TimeSpan RenewalMargin = TimeSpan.FromMinutes(1);

    private readonly Gate _gate;
    private readonly StreamChatClientOptions _options;
    private readonly Action<AccessToken> _renewed;
    private readonly ITimer _timer;
    private Func<CancellationToken, ValueTask<AccessToken>>? _token;

    /// <param name="gate">The lock.</param>
    /// <param name="options">Where tokens come from.</param>
    /// <param name="renewed">Tells the socket that is there; under the lock.</param>
    public Tokens(Gate gate, StreamChatClientOptions options, Action<AccessToken> renewed)
    {
        (_gate, _options, _renewed, _token) = (gate, options, renewed, options.Token);
        _timer = gate.Timer(() => _ = RenewAsync());
    }

    /// <summary>Whether another one can be had.</summary>
    public bool CanRenew => _options.Token is not null;

    /// <summary>The token of the next socket; null when it needs none.</summary>
    public async ValueTask<AccessToken?> GetAsync(CancellationToken cancellationToken) =>
        _token is { } token ? await token(cancellationToken) : null;

    /// <summary>This is the one from now on, unless there is somebody to ask.</summary>
    public void Use(AccessToken token)
    {
        if (!CanRenew)
        {
            _token = _ => ValueTask.FromResult(token);
        }
    }

    /// <summary>Renews it in time.</summary>
    public void RenewBefore(DateTimeOffset? expiresAt)
    {
        StopRenewing();
        if (CanRenew && expiresAt is { } at)
        {
            var left = at - _options.TimeProvider.GetUtcNow();
            var wait = left - (left / 4 < RenewalMargin ? left / 4 : RenewalMargin);
            _timer.Start(wait < ShortestRenewal ? ShortestRenewal : wait > LongestRenewal ? LongestRenewal : wait);
        }
    }

    /// <summary>There is no socket to tell.</summary>
    public void StopRenewing() => _timer.Stop();

    public void Dispose() => _timer.Dispose();

    private async Task RenewAsync()
    {
        // the timer holds the lock, and what follows is the application's own code
        await Task.Yield();
        try
        {
            var token = await _options.Token!(CancellationToken.None);
            _gate.Do(() => _renewed(token));
        }
        catch (Exception)
        {
            // the server closes with 4001 when the old one is no good any more, and then it is asked for again
        }
    }
}
