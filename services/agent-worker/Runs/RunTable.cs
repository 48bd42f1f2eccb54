using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Relay;

namespace StreamChat.AgentWorker.Runs;

/// <summary>
/// The runs of this worker by id: those in hand and, for a while and within a bound, those that ended, so that they can be
/// attached to.
/// </summary>
internal sealed class RunTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, ActiveRun> _runs = [];
    private readonly Queue<ActiveRun> _ended = new();
    private readonly RunLogOptions _options;
    private readonly TimeProvider _time;
    private readonly RunRelay _relay;
    private long _endedChars;

    public RunTable(IOptions<RunLogOptions> options, TimeProvider time, RunRelay relay)
    {
        _options = options.Value;
        _time = time;
        _relay = relay;
        relay.LaneClosed += Detach;
        relay.InUse = lane => Logs().Any(log => log.HasCursor(lane));
    }

    /// <summary>Adds a run before anything is awaited, so that a cancel always finds it.</summary>
    /// <returns>False, and the run that is there, when the id is known.</returns>
    public bool TryAdd(ActiveRun run, out ActiveRun known)
    {
        lock (_lock)
        {
            Evict();
            if (_runs.TryGetValue(run.RunId, out known!))
            {
                return false;
            }

            _runs.Add(run.RunId, known = run);
            return true;
        }
    }

    public ActiveRun? Find(Guid runId)
    {
        lock (_lock)
        {
            return _runs.GetValueOrDefault(runId);
        }
    }

    /// <summary>This worker is done with a run. Its log stays for a while; a run without one, or given up to another worker, is forgotten.</summary>
    /// <param name="run">The run.</param>
    /// <param name="keep">Whether its log is the run's whole.</param>
    /// <param name="hasEnded">Whether the run has ended; else it went elsewhere.</param>
    public void End(ActiveRun run, bool keep, bool hasEnded)
    {
        lock (_lock)
        {
            run.EndedAt = _time.GetTimestamp();
            if (keep && run.Log is { } log)
            {
                _endedChars += log.Size;
                _ended.Enqueue(run);
            }
            else
            {
                _runs.Remove(run.RunId);
            }

            Evict();
        }

        run.End(hasEnded);
    }

    /// <summary>Sends a run to a gateway from a position on.</summary>
    /// <returns>False when the log does not reach back that far.</returns>
    public bool Attach(RunLog log, string gatewayId, long afterSeq)
    {
        while (true)
        {
            var lane = _relay.LaneTo(gatewayId);
            if (!log.Attach(lane, afterSeq))
            {
                return false;
            }

            if (!lane.IsClosed)
            {
                return true;
            }

            // the lane closed at the same moment: the next one is new
            log.Detach(lane);
        }
    }

    private void Evict()
    {
        while (_ended.TryPeek(out var oldest)
            && (_time.GetElapsedTime(oldest.EndedAt) > _options.Keep || _endedChars > _options.MaxTotalChars))
        {
            _ended.Dequeue();
            _endedChars -= oldest.Log!.Size;
            _runs.Remove(oldest.RunId);
            oldest.Dispose();
        }
    }

    private void Detach(IRelayLane lane)
    {
        foreach (var log in Logs())
        {
            log.Detach(lane);
        }
    }

    private List<RunLog> Logs()
    {
        lock (_lock)
        {
            return _runs.Values.Select(r => r.Log).OfType<RunLog>().ToList();
        }
    }
}
