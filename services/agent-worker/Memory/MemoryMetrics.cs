using System.Diagnostics.Metrics;

namespace StreamChat.AgentWorker.Memory;

/// <summary>What this worker tells about the summaries that it makes.</summary>
internal sealed class MemoryMetrics
{
    private readonly Counter<long> _summaries;

    public MemoryMetrics(IMeterFactory meters) => _summaries = meters.Create(WorkerTelemetry.Name).CreateCounter<long>(
        "streamchat.memory.summaries", "{summary}", "Threads that were to be summarised, by what came of it.");

    public void Made() => Add("made");

    public void Failed() => Add("failed");

    /// <summary>Too many threads wait; the thread's next run asks again.</summary>
    public void Dropped() => Add("dropped");

    private void Add(string outcome) => _summaries.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
