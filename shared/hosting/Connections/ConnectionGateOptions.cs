namespace StreamChat.Hosting.Connections;

/// <summary>How many connections a service takes. Set by the service itself.</summary>
public sealed class ConnectionGateOptions
{
    /// <summary>
    /// The part of the free file descriptors that clients' connections may take, above 0 and up to 1. The rest is for what the service
    /// opens itself. The default is for services that only answer probes.
    /// </summary>
    public double Share { get; set; } = 1.0 / 16;

    /// <summary>The most connections to take; 0 for as many as the descriptors allow.</summary>
    public int Most { get; set; }

    /// <summary>The number of connections that the operator has configured; a warning at start says when it is more than the capacity. 0 for none.</summary>
    public int Wanted { get; set; }

    /// <summary>The key of <see cref="Wanted"/>.</summary>
    public string WantedKey { get; set; } = "";
}
