using StreamChat.Load.Links;

namespace StreamChat.Load;

/// <summary>One user, who asks for runs one after the other, or for none.</summary>
internal sealed class LoadConnection(int number, ILoadLink link, LoadOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly List<LoadTurn> _turns = [];

    /// <summary>From the handshake to the server's welcome.</summary>
    public Recorder ConnectTime { get; } = new(1);

    /// <summary>The runs it asked for.</summary>
    public IReadOnlyList<LoadTurn> Turns => _turns;

    /// <summary>True when the server let go of it while it only waited.</summary>
    public bool Dropped { get; private set; }

    /// <inheritdoc cref="ILoadLink.ConnectAsync"/>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await link.ConnectAsync(cancellationToken);
        ConnectTime.Add((long)time.GetElapsedTime(started).TotalMicroseconds);
    }

    /// <summary>
    /// Asks for a run and follows it to its end, and for the next one, as many as the options name or until <paramref name="over"/>
    /// fires when they name a duration. Never throws for what the server does: see <see cref="LoadTurn.Failure"/>.
    /// </summary>
    public async Task RunAsync(CancellationToken over, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(options.Ramp * number / options.Streams, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        do
        {
            var turn = new LoadTurn(options.Dialect, options.Tokens, time, options.CancelAfter);
            _turns.Add(turn);
            turn.Failure = await link.FollowAsync(turn, options.Prompt, cancellationToken) ?? turn.Failure;
        }
        while (link.IsOpen && (options.Duration > TimeSpan.Zero ? !over.IsCancellationRequested : _turns.Count < options.Runs));
    }

    /// <summary>
    /// Asks for short runs, which are not counted, until <paramref name="over"/> fires: neither the server's compiler nor the generator's
    /// own is to be measured.
    /// </summary>
    public async Task WarmUpAsync(CancellationToken over, CancellationToken cancellationToken)
    {
        while (!over.IsCancellationRequested && link.IsOpen)
        {
            await link.FollowAsync(new LoadTurn(options.Dialect, LoadOptions.WarmUpTokens, time), LoadOptions.WarmUpPrompt, cancellationToken);
        }
    }

    /// <summary>Only waits, as most connections do.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => Dropped = await link.WaitAsync(cancellationToken);

    /// <inheritdoc cref="ILoadLink.PingAsync"/>
    public ValueTask PingAsync(CancellationToken cancellationToken) => link.PingAsync(cancellationToken);

    /// <inheritdoc cref="ILoadLink.CloseAsync"/>
    public Task CloseAsync(CancellationToken cancellationToken) => link.CloseAsync(cancellationToken);

    public ValueTask DisposeAsync() => link.DisposeAsync();
}
