using StreamChat.Hosting.Identity;

namespace StreamChat.ToolWorker;

/// <summary>Who this process is on the bus, anew at each start.</summary>
internal sealed class ToolWorkerIdentity(IIdGenerator ids)
{
    public string ToolWorkerId { get; } = ids.NewInstanceId();
}
