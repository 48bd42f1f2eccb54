using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;

namespace StreamChat.Hosting.Work;

/// <summary>
/// Gives memory back to the system after a peak. The runtime gives memory back when it collects garbage, and it collects when the process
/// allocates: a process that has little to do after a peak would keep the memory of the peak.
/// </summary>
/// <param name="memory">The memory of this process.</param>
/// <param name="meters">Makes the meter.</param>
/// <param name="time">The clock.</param>
internal sealed class MemoryRelease(IProcessMemory memory, IMeterFactory meters, TimeProvider time) : BackgroundService
{
    /// <summary>How often the memory is looked at. At most every second look collects.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>How much the process may grow, in bytes, before it is worth a collection; beside a quarter of its size.</summary>
    internal const long Slack = 32 * 1024 * 1024;

    private readonly Counter<long> _collections =
        meters.Create("StreamChat.Work").CreateCounter<long>("streamchat.memory.releases", "{collection}", "Garbage collections that were started to give memory back after the process had grown.");

    private long _kept;
    private bool _collected;

    /// <summary>Looks once.</summary>
    internal void Look()
    {
        var size = memory.WorkingSet;
        if (_collected || size < _kept)
        {
            // what is left after a collection is in use
            (_kept, _collected) = (size, false);
        }
        else if (size > _kept + (_kept / 4) + Slack)
        {
            memory.Collect();
            _collections.Add(1);
            _collected = true;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Look();
        }
    }
}

/// <summary>The memory of this process.</summary>
internal interface IProcessMemory
{
    /// <summary>Physical memory in use, in bytes.</summary>
    long WorkingSet { get; }

    /// <summary>Starts a collection of all garbage, beside the running work.</summary>
    void Collect();
}

/// <inheritdoc/>
internal sealed class ProcessMemory : IProcessMemory
{
    /// <inheritdoc/>
    public long WorkingSet => Environment.WorkingSet;

    /// <inheritdoc/>
    public void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
}
