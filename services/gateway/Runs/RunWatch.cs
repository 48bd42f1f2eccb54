namespace StreamChat.Gateway.Runs;

/// <summary>
/// Asks after runs that have been silent for long, in case it is not they who are silent: what they said, or the request for what was missing,
/// may have been lost on the way. One that only works for long costs a message now and then.
/// </summary>
internal sealed class RunWatch(RunRegistry registry, RunRecovery recovery, TimeProvider time) : BackgroundService
{
    /// <summary>How long a run may be silent.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>The runs that have been silent for too long; each counts as heard of then, so that it is asked after once in that time.</summary>
    internal static IReadOnlyList<GatewayRun> Silent(IEnumerable<GatewayRun> runs, TimeProvider time)
    {
        // one that no worker has taken yet has nothing to say
        List<GatewayRun> silent = [.. runs.Where(r => r.WorkerId is not null && time.GetElapsedTime(r.HeardAt) >= Patience)];
        silent.ForEach(r => r.HeardAt = time.GetTimestamp());
        return silent;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var run in Silent(registry.All, time))
            {
                recovery.Recover(run);
            }
        }
    }
}
