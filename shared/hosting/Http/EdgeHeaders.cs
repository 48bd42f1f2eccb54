namespace StreamChat.Hosting.Http;

/// <summary>What gateways say to edges, and edges pass on to nobody.</summary>
public static class EdgeHeaders
{
    /// <summary>On a refusal: this gateway stops; another one is to be asked, and this one no more.</summary>
    public const string AskElsewhere = "X-StreamChat-Ask-Elsewhere";
}
