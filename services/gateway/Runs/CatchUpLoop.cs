namespace StreamChat.Gateway.Runs;

/// <summary>
/// Lets slow clients go on: when one has taken most of what waited, what it was left out of is asked for again from where it is. So an
/// attach to a long answer goes as fast as its client reads, and never fills more than a part of its queue.
/// </summary>
internal sealed class CatchUpLoop(SlowViewers slow, RunRegistry registry, RunEventDispatcher dispatcher, TimeProvider time) : BackgroundService
{
    // half a megabyte each time: 10 MB/s for each connection at most
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>One pass.</summary>
    internal void Resume()
    {
        foreach (var run in slow.All())
        {
            // taken out first: who is left out in this moment puts it in again
            slow.Remove(run);
            if (run.Resume(out var from) && registry.Find(run.RunId) == run)
            {
                slow.Add(run);
            }

            if (from is { } position)
            {
                dispatcher.Replay(run, position.Attempt, position.AfterSeq);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Resume();
        }
    }
}
