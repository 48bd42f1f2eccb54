namespace StreamChat.Hosting.Bus.Broker;

/// <summary>How this process stands with the broker.</summary>
public enum BrokerState
{
    /// <summary>Every queue of this process is consumed, and publishes are taken.</summary>
    Available,

    /// <summary>There is no connection, or a queue is not consumed yet.</summary>
    Unavailable,

    /// <summary>The broker takes no publishes for now, being short of memory or disk.</summary>
    Blocked,
}
