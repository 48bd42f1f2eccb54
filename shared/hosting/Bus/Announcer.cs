namespace StreamChat.Hosting.Bus;

/// <summary>
/// Says what a process offers, and that it offers nothing any more, in this order whatever happens: once withdrawn, nothing is
/// announced again.
/// </summary>
/// <param name="publishTimeout">How long one announcement may take.</param>
/// <param name="time">The clock.</param>
public abstract class Announcer(TimeSpan publishTimeout, TimeProvider time) : IDisposable
{
    /// <summary>For how many intervals an announcement holds: three may be lost.</summary>
    protected const double ValidIntervals = 3.5;

    // the end of the process does not wait longer than this for a broker that may be gone
    private static readonly TimeSpan WithdrawTimeout = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _withdrawn;
    private bool _unheard;

    /// <summary>Publishes what is on offer; nothing once withdrawn. A broker that is away is no error: the next time will do.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is said, or could not be.</returns>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Volatile.Read(ref _withdrawn))
            {
                return;
            }

            await Deadlines.RunAsync(publishTimeout, time, PublishOfferAsync, cancellationToken);
            if (_unheard)
            {
                _unheard = false;
                OnHeardAgain();
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_unheard)
            {
                _unheard = true;
                OnUnheard(e);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Says that this process offers nothing any more, as far as that is possible within a second.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is said, or could not be.</returns>
    public async Task WithdrawAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _withdrawn, true);
        try
        {
            await Deadlines.RunAsync(WithdrawTimeout, time, WithdrawInTurnAsync, cancellationToken);
        }
        catch (Exception e)
        {
            OnNotWithdrawn(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turn.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Publishes what is on offer now.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When the broker has it.</returns>
    protected abstract Task PublishOfferAsync(CancellationToken cancellationToken);

    /// <summary>Publishes that nothing is on offer.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When the broker has it.</returns>
    protected abstract Task PublishNothingAsync(CancellationToken cancellationToken);

    /// <summary>An announcement failed, the first one in a row.</summary>
    /// <param name="exception">Why.</param>
    protected abstract void OnUnheard(Exception exception);

    /// <summary>An announcement went out after one that failed.</summary>
    protected abstract void OnHeardAgain();

    /// <summary>The withdrawal failed.</summary>
    /// <param name="exception">Why.</param>
    protected abstract void OnNotWithdrawn(Exception exception);

    // after an announcement that is under way, or else that would be the last word
    private async Task WithdrawInTurnAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await PublishNothingAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }
}
