using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Identity;

namespace StreamChat.AgentWorker;

/// <summary>Who this process is on the bus, anew at each start.</summary>
internal sealed class WorkerIdentity(IIdGenerator ids)
{
    public string WorkerId { get; } = ids.NewInstanceId();

    /// <summary>Where what concerns its runs arrives.</summary>
    public string Queue => BusNames.Instance(BusNames.AgentWorker, WorkerId);

    /// <summary>Where tool-workers announce their tools.</summary>
    public string ToolsQueue => $"{Queue}-tools";
}
