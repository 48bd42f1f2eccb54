using System.Diagnostics.Metrics;
using StreamChat.AgentWorker.Storage;

namespace StreamChat.AgentWorker.Runs;

/// <summary>What this worker tells about its runs.</summary>
internal sealed class RunMetrics
{
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600],
    };

    private readonly TimeProvider _time;
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _handOffs;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _notAnnounced;
    private readonly Counter<long> _lostEnds;
    private readonly Counter<long> _takenOver;
    private readonly Counter<long> _poisoned;
    private readonly Counter<long> _abandoned;
    private readonly Counter<long> _checkpoints;
    private readonly Counter<long> _lostCheckpoints;
    private readonly Histogram<double> _checkpointDuration;
    private readonly UpDownCounter<long> _waiting;
    private readonly Histogram<double> _waitTime;
    private readonly Counter<long> _limits;

    public RunMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(WorkerTelemetry.Name);
        _active = meter.CreateUpDownCounter<long>("streamchat.runs.active", "{run}", "Runs in hand.");
        _ended = meter.CreateCounter<long>("streamchat.runs.ended", "{run}", "Runs by how they ended.");
        _handOffs = meter.CreateCounter<long>("streamchat.run.handoffs", "{handoff}", "Users handed on from one agent to another.");
        _duration = meter.CreateHistogram("streamchat.run.duration", "s", "From taking a run to its end.", advice: Seconds);
        _notAnnounced = meter.CreateCounter<long>("streamchat.runs.unannounced", "{run}", "Runs that the gateways could not be told of.");
        _lostEnds = meter.CreateCounter<long>("streamchat.runs.ends_lost", "{run}", "Ends of runs, or what was said in them, that could not be stored.");
        _takenOver = meter.CreateCounter<long>("streamchat.runs.taken_over", "{run}", "Runs taken over from another worker, by from where they went on: text, step or start.");
        _poisoned = meter.CreateCounter<long>("streamchat.runs.poisoned", "{run}", "Runs given up because worker after worker was lost with them; their requests are in the error queue.");
        _abandoned = meter.CreateCounter<long>("streamchat.runs.abandoned", "{run}", "Runs whose computation did not stop and was abandoned, by why it was to stop.");
        _checkpoints = meter.CreateCounter<long>("streamchat.run.checkpoints", "{checkpoint}", "How far a run had come, written down.");
        _lostCheckpoints = meter.CreateCounter<long>("streamchat.run.checkpoints_failed", "{checkpoint}", "How far a run had come, not written down because the store could not be reached.");
        _checkpointDuration = meter.CreateHistogram("streamchat.run.checkpoint_duration", "s", "Writing down how far runs have come, all together.", advice: Seconds);
        _waiting = meter.CreateUpDownCounter<long>("streamchat.runs.waiting", "{run}", "Runs in hand that wait for their turn in their thread.");
        _waitTime = meter.CreateHistogram("streamchat.run.queue_time", "s", "From taking a run to its turn in its thread, for those that waited.", advice: Seconds);
        _limits = meter.CreateCounter<long>("streamchat.limits.reached", "{time}", "Runs that met a quota of what is stored, by limit.");
    }

    public void Started() => _active.Add(1);

    public void Ended(long started, string outcome)
    {
        _active.Add(-1);
        _ended.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        _duration.Record(_time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
    }

    /// <param name="from"><c>text</c>, <c>step</c> or <c>start</c>.</param>
    public void TookOver(string from) => _takenOver.Add(1, new KeyValuePair<string, object?>("from", from));

    public void Poisoned() => _poisoned.Add(1);

    public void Abandoned(StopReason reason) => _abandoned.Add(1, new KeyValuePair<string, object?>("reason", reason switch
    {
        StopReason.Cancelled => "cancelled",
        StopReason.WallTime => "wall_time",
        StopReason.Shutdown => "shutdown",
        _ => "taken_over",
    }));

    public void Checkpointed(int runs, TimeSpan took)
    {
        _checkpoints.Add(runs);
        _checkpointDuration.Record(took.TotalSeconds);
    }

    public void NotCheckpointed(int runs) => _lostCheckpoints.Add(runs);

    public void EndLost() => _lostEnds.Add(1);

    public void Waits() => _waiting.Add(1);

    public void Waited(long started)
    {
        _waiting.Add(-1);
        _waitTime.Record(_time.GetElapsedTime(started).TotalSeconds);
    }

    public void QuotaReached(StoredQuota quota) => _limits.Add(1, new KeyValuePair<string, object?>("limit", quota switch
    {
        StoredQuota.Threads => "stored_threads",
        StoredQuota.ThreadBytes => "stored_thread_bytes",
        _ => "stored_bytes",
    }));

    public void NotAnnounced(int runs) => _notAnnounced.Add(runs);

    public void HandedOff(string from, string to) =>
        _handOffs.Add(1, new KeyValuePair<string, object?>("from", from), new KeyValuePair<string, object?>("to", to));
}
