using System.Net;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests;

/// <summary>A connection as requests see it. Nothing here waits.</summary>
internal interface IClientConnection : IRunListener
{
    IDialect Dialect { get; }

    /// <summary>On whose behalf it asks. The user stays the same.</summary>
    Caller Caller { get; }

    /// <summary>The client's network address; null when it is not known.</summary>
    IPAddress? Address => null;

    /// <summary>When it was accepted.</summary>
    DateTimeOffset OpenedAt { get; }

    /// <summary>What it has shown of its client.</summary>
    Liveness Liveness { get; }

    /// <summary>Requests that wait for each other.</summary>
    TurnQueue Turns { get; }

    /// <summary>Goes on with a newer token of the same user.</summary>
    void Renew(Caller caller);

    /// <summary>Says something to the client.</summary>
    void Send(ServerEvent serverEvent);

    /// <summary>A frame was bad; after too many in a row the connection ends.</summary>
    /// <param name="isLast">Whether it ends in any case.</param>
    void CountBadFrame(bool isLast = false);
}
