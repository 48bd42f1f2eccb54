namespace StreamChat.Hosting.Bus;

/// <summary>The queues that services share, by name.</summary>
public static class BusNames
{
    /// <summary>Quorum queue of requested runs, taken by agent-workers.</summary>
    public const string AgentRuns = "agent-runs";

    /// <summary>Where cancel and attach go when nobody knows who runs the run; taken by any agent-worker.</summary>
    public const string RunDirectory = "run-directory";

    /// <summary>Calls of tools, taken by tool-workers.</summary>
    public const string ToolCalls = "tool-calls";

    /// <summary>Requests about rooms, taken by agent-workers, which have the store.</summary>
    public const string Rooms = "rooms";

    /// <summary>Requests about threads, taken by agent-workers, which have the store.</summary>
    public const string Threads = "threads";

    /// <summary>The direct exchange through which one process addresses another; the routing key is the other's queue.</summary>
    public const string InstanceExchange = "instances";

    /// <summary>The queue of one process.</summary>
    /// <param name="service">Which service, for example <see cref="Gateway"/>.</param>
    /// <param name="instanceId">Which process.</param>
    /// <returns>The queue's name, which is also its routing key.</returns>
    public static string Instance(string service, string instanceId) => $"{service}-{instanceId}";

    /// <summary>The gateway's part of an instance queue's name.</summary>
    public const string Gateway = "gateway";

    /// <summary>The agent-worker's part of an instance queue's name.</summary>
    public const string AgentWorker = "agent-worker";

    /// <summary>The tool-worker's part of an instance queue's name.</summary>
    public const string ToolWorker = "tool-worker";
}
