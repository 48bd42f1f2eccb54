using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Limits;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Connections.Handshakes;

/// <summary>One handshake on its way through <see cref="HandshakeChecks"/>, and what they have found out.</summary>
internal sealed class Handshake(HttpContext context, IDialect dialect)
{
    public HttpContext Context => context;

    public IDialect Dialect => dialect;

    /// <summary>The subprotocols that the client offers; none of them a credential.</summary>
    public IReadOnlyList<string> Offered { get; } = [.. context.WebSockets.WebSocketRequestedProtocols.Where(p => !RequestCredential.IsCredential(p))];

    /// <summary>The subprotocol to answer with, or null.</summary>
    public string? SubProtocol { get; set; }

    /// <summary>On whose behalf it is.</summary>
    public Caller? Caller { get; set; }

    /// <summary>The place for the connection.</summary>
    public ConnectionPlaces.Place? Place { get; set; }

    /// <summary>The query, the last value of each name. Credentials have been taken out of it by the host.</summary>
    public Dictionary<string, string> Parameters() => context.Request.Query
        .ToDictionary(p => p.Key, p => p.Value.LastOrDefault() ?? "", StringComparer.Ordinal);
}

/// <summary>One reason for which a handshake may be refused.</summary>
internal interface IHandshakeCheck
{
    /// <returns>Why it is refused; null when it is not.</returns>
    Refusal? Check(Handshake handshake);
}
