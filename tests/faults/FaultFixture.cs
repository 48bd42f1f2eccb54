using StreamChat.FaultEngine;
using StreamChat.FaultEngine.Cluster;
using StreamChat.TestSupport.Processes;

namespace StreamChat.FaultTests;

/// <summary>One cluster for all schedules: each leaves it whole.</summary>
public sealed class FaultFixture : IAsyncLifetime
{
    private FaultCluster? _cluster;

    public ScheduleRunner Runner { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await FaultCluster.StartAsync(new ClusterOptions { LogFolder = Path.Combine(RepositoryLayout.Root, "artifacts", "faults") });
        Runner = await ScheduleRunner.CreateAsync(_cluster);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }
}
