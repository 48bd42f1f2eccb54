namespace StreamChat.Client.Connections;

/// <summary>
/// Finds out that a connection is half open: a network that has gone, a machine that slept. Silence is met with a ping, and silence after
/// that means that nobody is there. Whoever uses it holds the lock.
/// </summary>
internal sealed class Liveness : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _answerWithin;
    private readonly Func<TimeSpan> _quiet;
    private readonly Action _ping;
    private readonly Action _dead;
    private readonly ITimer _timer;
    private long _heardAt;
    private bool _isRunning;
    private bool _hasAsked;

    /// <param name="gate">The lock.</param>
    /// <param name="time">The clock.</param>
    /// <param name="answerWithin">How long the answer to a ping may take.</param>
    /// <param name="quiet">How long silence is in order at the moment.</param>
    /// <param name="ping">Asks.</param>
    /// <param name="dead">Nobody is there.</param>
    public Liveness(Gate gate, TimeProvider time, TimeSpan answerWithin, Func<TimeSpan> quiet, Action ping, Action dead)
    {
        (_time, _answerWithin, _quiet, _ping, _dead) = (time, answerWithin, quiet, ping, dead);
        _timer = gate.Timer(Due);
    }

    public void Start()
    {
        _isRunning = true;
        Heard();
        Wait(_quiet());
    }

    public void Stop()
    {
        _isRunning = false;
        _timer.Stop();
    }

    public void Heard()
    {
        _heardAt = _time.GetTimestamp();
        _hasAsked = false;
    }

    /// <summary>Asks now instead of after some silence.</summary>
    public void Check()
    {
        if (_isRunning && !_hasAsked)
        {
            Ask();
        }
    }

    /// <summary>What is expected has changed, so silence may last too long now.</summary>
    public void Refresh()
    {
        if (_isRunning && !_hasAsked)
        {
            Look();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Due()
    {
        if (_isRunning)
        {
            Look();
        }
    }

    private void Look()
    {
        var (silence, quiet) = (_time.GetElapsedTime(_heardAt), _quiet());
        if (_hasAsked)
        {
            Stop();
            _dead();
        }
        else if (silence >= quiet)
        {
            Ask();
        }
        else
        {
            Wait(quiet - silence);
        }
    }

    private void Ask()
    {
        _hasAsked = true;
        _ping();
        Wait(_answerWithin);
    }

    // a moment that rounds to nothing would let the timer fire for ever
    private void Wait(TimeSpan time) =>
        _timer.Start(time > TimeSpan.FromMilliseconds(1) ? time : TimeSpan.FromMilliseconds(1));
}
