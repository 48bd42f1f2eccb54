namespace StreamChat.Hosting.Http;

/// <summary>What edges and gateways say to each other, and pass on to nobody.</summary>
public static class EdgeHeaders
{
    /// <summary>On a refusal: this gateway stops; another one is to be asked, and this one no more.</summary>
    public const string AskElsewhere = "X-StreamChat-Ask-Elsewhere";

    /// <summary>
    /// On a request: whether its client reached the edge by a listener on loopback (<see cref="LoopbackListener"/>) or by one that
    /// the network reaches (<see cref="NetworkListener"/>). Browsers let no page set a header whose name begins with <c>Sec-</c>,
    /// so a page that talks to a gateway directly cannot claim to come through an edge.
    /// </summary>
    public const string Listener = "Sec-StreamChat-Listener";

    /// <summary>A value of <see cref="Listener"/>.</summary>
    public const string LoopbackListener = "loopback";

    /// <summary>A value of <see cref="Listener"/>.</summary>
    public const string NetworkListener = "network";
}
