using Microsoft.Extensions.Options;
using StreamChat.Contracts.Runs;

namespace StreamChat.Gateway.Runs;

/// <summary>
/// The connections of this gateway that have joined threads, and what they see of them: each run from its announcement on.
/// </summary>
internal sealed class ThreadViewers(
    RunRegistry registry, RunStarter starter, RunAttacher attacher, GatewayIdentity identity, IOptions<LimitsOptions> limits,
    TimeProvider time, GatewayTelemetry telemetry)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ThreadKey, HashSet<IRunListener>> _threads = [];

    /// <summary>Shows a connection all runs of a thread that begin from now on. That it may see them, and what else it may do, is decided by the caller.</summary>
    /// <returns>False when the connection has joined as many as it may, or is gone.</returns>
    public bool TryJoin(IRunListener listener, ThreadKey thread, ThreadRights rights)
    {
        lock (_lock)
        {
            if (!listener.Threads.TryAdd(thread, rights, limits.Value.ThreadsPerConnection))
            {
                return false;
            }

            if (!_threads.TryGetValue(thread, out var members))
            {
                _threads.Add(thread, members = []);
            }

            members.Add(listener);
            return true;
        }
    }

    /// <summary>Shows no more of a thread, but for what the connection itself asked for.</summary>
    public void Leave(IRunListener listener, ThreadKey thread)
    {
        lock (_lock)
        {
            listener.Threads.Remove(thread);
            Remove(listener, thread);
        }

        foreach (var runId in listener.Runs.Viewed())
        {
            if (registry.Find(runId) is { } run && run.Thread == thread)
            {
                starter.Leave(listener, runId);
            }
        }
    }

    /// <summary>The connection is gone.</summary>
    public void Leave(IRunListener listener)
    {
        lock (_lock)
        {
            foreach (var thread in listener.Threads.Close())
            {
                Remove(listener, thread);
            }
        }
    }

    /// <summary>Who has joined a thread here.</summary>
    public IReadOnlyList<IRunListener> Of(ThreadKey thread)
    {
        lock (_lock)
        {
            return _threads.TryGetValue(thread, out var members) ? [.. members] : [];
        }
    }

    /// <summary>All threads that somebody here has joined.</summary>
    public IReadOnlyList<ThreadKey> Joined()
    {
        lock (_lock)
        {
            return [.. _threads.Keys];
        }
    }

    /// <summary>Everybody here who has joined a room's thread.</summary>
    public IReadOnlyList<IRunListener> InRooms()
    {
        lock (_lock)
        {
            return [.. _threads.Where(t => t.Key.UserId is null).SelectMany(t => t.Value).Distinct()];
        }
    }

    /// <summary>A run, or a new attempt of it, has begun somewhere.</summary>
    public void Announced(RunAnnounced run)
    {
        var members = Of(ThreadKey.Of(run.UserId, run.ThreadId, run.RoomId));
        var known = registry.Find(run.RunId);
        if (members.Count == 0 && known is null)
        {
            return;
        }

        if (IsTaken(run))
        {
            return;
        }

        var added = false;
        foreach (var member in members)
        {
            added |= TryView(member, run);
        }

        // a worker shows a new attempt by itself only to the gateway that asked for the run
        if (added || (run.Attempt > 1 && run.GatewayId != identity.GatewayId && known is not null))
        {
            attacher.Follow(run);
        }
    }

    /// <summary>Shows who has joined a thread late a run that was under way there, unless it sees it already or has left.</summary>
    public void Show(IRunListener listener, RunAnnounced run)
    {
        if (listener.Threads.Contains(ThreadKey.Of(run.UserId, run.ThreadId, run.RoomId))
            && !IsTaken(run)
            && TryView(listener, run))
        {
            attacher.Follow(run);
        }
    }

    // somebody here asks for a run under an id that is taken, and will be told so
    private bool IsTaken(RunAnnounced run) => registry.Find(run.RunId) is { } known && known.UserId != run.UserId;

    private bool TryView(IRunListener member, RunAnnounced announced)
    {
        // the announcement and the events come on two queues: a short run may have been seen to its end already
        if (member.Runs.Knows(announced.RunId))
        {
            return false;
        }

        if (!member.Runs.TryView(announced.RunId, limits.Value.RunsViewed))
        {
            telemetry.NotViewed();
            return false;
        }

        var run = starter.Show(
            member,
            new GatewayRun(announced.RunId, announced.UserId, announced.ThreadId, announced.RoomId, null, time.GetTimestamp()),
            announced.WorkerId,
            known => known.TryView(member));
        if (run is not null && !member.Threads.Contains(run.Thread))
        {
            // it left in the meantime
            starter.Leave(member, run.RunId);
        }

        return run is not null;
    }

    private void Remove(IRunListener listener, ThreadKey thread)
    {
        if (_threads.TryGetValue(thread, out var members) && members.Remove(listener) && members.Count == 0)
        {
            _threads.Remove(thread);
        }
    }
}
