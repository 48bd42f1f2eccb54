using System.Diagnostics.Metrics;

namespace StreamChat.AgentWorker.Rooms;

/// <summary>What this worker tells about rooms.</summary>
internal sealed class RoomMetrics
{
    private readonly Counter<long> _untold;

    public RoomMetrics(IMeterFactory meters) => _untold = meters.Create(WorkerTelemetry.Name)
        .CreateCounter<long>("streamchat.rooms.changes_untold", "{room}", "Comings and goings that the gateways were not told of, because too many waited.");

    public void Untold() => _untold.Add(1);
}
