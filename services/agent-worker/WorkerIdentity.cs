using StreamChat.Hosting.Identity;

namespace StreamChat.AgentWorker;

/// <summary>Who this process is on the bus, anew at each start.</summary>
internal sealed class WorkerIdentity(IIdGenerator ids)
{
    public string WorkerId { get; } = ids.NewInstanceId();
}
