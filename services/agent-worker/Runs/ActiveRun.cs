using StreamChat.AgentWorker.Agents.ClientTools;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Runs;

namespace StreamChat.AgentWorker.Runs;

/// <summary>Why a run was stopped; noted at the moment it happens.</summary>
internal enum StopReason
{
    None,

    /// <summary>Its user asked.</summary>
    Cancelled,

    /// <summary><see cref="RunOptions.WallTime"/> passed.</summary>
    WallTime,

    /// <summary>This worker goes down; another one takes the run over.</summary>
    Shutdown,

    /// <summary>Another worker has taken the run over.</summary>
    TakenOver,
}

/// <summary>A run that this worker has in hand, or had lately.</summary>
internal sealed class ActiveRun(Guid runId, string userId, ThreadKey thread) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RunLog? _log;
    private int _reason;

    /// <summary>The run that a request asks for.</summary>
    public ActiveRun(StartRun request)
        : this(request.RunId, request.UserId, ThreadKey.Of(request.UserId, request.RoomId, request.ThreadId))
    {
    }

    public Guid RunId => runId;

    public string UserId => userId;

    /// <summary>Its thread, with the owner of that.</summary>
    public ThreadKey Thread => thread;

    /// <summary>What its client says of the calls of its own tools.</summary>
    public ClientToolAnswers ClientAnswers { get; } = new();

    /// <summary>Fires when the run is to stop; <see cref="StopReason"/> says why.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Completes when the run is to stop, whatever the code that listens to <see cref="Stopping"/> does.</summary>
    public Task StopRequested => _stopRequested.Task;

    public StopReason StopReason => (StopReason)Volatile.Read(ref _reason);

    /// <summary>What it has said; null until it is claimed.</summary>
    public RunLog? Log
    {
        get => Volatile.Read(ref _log);
        set
        {
            Volatile.Write(ref _log, value);
            _begun.TrySetResult();
        }
    }

    /// <summary>Completes when there is a log, or when the run has ended without one.</summary>
    public Task Begun => _begun.Task;

    /// <summary>When it ended, a <see cref="TimeProvider"/> timestamp.</summary>
    public long EndedAt { get; set; }

    /// <summary>Completes when this worker is done with it: true when the run has ended, false when it went elsewhere.</summary>
    public Task<bool> Ended => _ended.Task;

    /// <summary>Stops it. The first reason counts.</summary>
    public void Stop(StopReason reason)
    {
        if (!_ended.Task.IsCompleted && Interlocked.CompareExchange(ref _reason, (int)reason, (int)StopReason.None) == (int)StopReason.None)
        {
            _stopRequested.TrySetResult();

            // on other threads: whoever stops a run must not wait for the code that is stopped
            _ = _stop.CancelAsync();
        }
    }

    /// <param name="hasEnded">Whether the run has; else it went elsewhere.</param>
    public void End(bool hasEnded)
    {
        ClientAnswers.Close();
        _ended.TrySetResult(hasEnded);
        _begun.TrySetResult();
    }

    public void Dispose() => _stop.Dispose();
}
