using System.Diagnostics.Metrics;

namespace StreamChat.AgentWorker.Relay;

/// <summary>What the relay tells about itself.</summary>
internal sealed class RelayMetrics
{
    private static readonly InstrumentAdvice<int> BatchBuckets = new() { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000] };

    private static readonly InstrumentAdvice<double> DelayBuckets = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    };

    private readonly Histogram<int> _batch;
    private readonly Histogram<double> _delay;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _dropped;

    public RelayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(WorkerTelemetry.Name);
        _batch = meter.CreateHistogram("streamchat.relay.batch.size", "{event}", "Run events in one publish.", advice: BatchBuckets);
        _delay = meter.CreateHistogram("streamchat.relay.delay", "s", "From the oldest event of a batch to the broker's confirm.", advice: DelayBuckets);
        _failures = meter.CreateCounter<long>("streamchat.relay.publish.failures", "{publish}", "Publishes that failed and were tried again.");
        _dropped = meter.CreateCounter<long>("streamchat.relay.dropped", "{event}", "Run events not sent because their gateway is gone.");
    }

    public void Published(int events, TimeSpan delay)
    {
        _batch.Record(events);
        _delay.Record(delay.TotalSeconds);
    }

    public void PublishFailed() => _failures.Add(1);

    public void Dropped(int events, string reason) => _dropped.Add(events, new KeyValuePair<string, object?>("reason", reason));
}
