namespace StreamChat.FaultEngine.Schedules;

/// <summary>What is done to the system.</summary>
public enum FaultKind
{
    /// <summary>Nothing: what a schedule shows without faults, to compare with.</summary>
    None,

    /// <summary>A client's connection is cut after any byte, in either direction, with FIN or RST.</summary>
    ClientCut,

    /// <summary>A client's connection is slow, stalls, or is gone for one side only.</summary>
    ClientStall,

    /// <summary>All clients lose their connections at the same moment.</summary>
    ReconnectStorm,

    /// <summary>One gateway is killed and started again.</summary>
    GatewayKill,

    /// <summary>One agent-worker is killed and started again.</summary>
    WorkerKill,

    /// <summary>One tool-worker is killed and started again.</summary>
    ToolWorkerKill,

    /// <summary>The edge is killed and started again.</summary>
    EdgeKill,

    /// <summary>All gateways, all agent-workers or all tool-workers are killed and started again.</summary>
    KindKill,

    /// <summary>A process is stopped for seconds, and goes on.</summary>
    Pause,

    /// <summary>The connection between a process and the broker is cut after any byte.</summary>
    BrokerCut,

    /// <summary>The connection between a process and the broker is slow, stalls, or is gone for one side only.</summary>
    BrokerStall,

    /// <summary>The broker stops in order and starts again.</summary>
    BrokerRestart,

    /// <summary>The broker is killed and started again with its data.</summary>
    BrokerKill,

    /// <summary>The broker closes all its connections.</summary>
    BrokerClose,

    /// <summary>The broker takes nothing from publishers: its memory alarm.</summary>
    BrokerAlarm,

    /// <summary>What the broker delivers to the queues of single processes comes twice and in another order.</summary>
    BusDisorder,

    /// <summary>Some of what the broker delivers to the queues of single processes does not come.</summary>
    BusLoss,

    /// <summary>Faults of several kinds at once.</summary>
    Several,
}
