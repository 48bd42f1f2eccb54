using Microsoft.AspNetCore.Http;

namespace StreamChat.Hosting.Identity;

/// <summary>
/// Where a request carries its credential. Browsers cannot set headers on a WebSocket, so there are two more places than
/// <c>Authorization</c>: a subprotocol, which stands in no address and is the better one, and the query.
/// </summary>
public static class RequestCredential
{
    /// <summary>Before a credential that is offered as a subprotocol: <c>Sec-WebSocket-Protocol: streamchat.v1, bearer.{token}</c>.</summary>
    public const string SubProtocolPrefix = "bearer.";

    private const string HeaderPrefix = "Bearer ";

    private static readonly string[] QueryNames = ["access_token", "token"];

    /// <summary>Whether a query parameter holds a credential, and so must not be shown or kept.</summary>
    /// <param name="queryParameter">Its name.</param>
    /// <returns>True for <c>access_token</c> and <c>token</c>.</returns>
    public static bool IsSecret(string queryParameter) => QueryNames.Contains(queryParameter, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether an offered subprotocol is a credential.</summary>
    /// <param name="subProtocol">What a client offers.</param>
    /// <returns>True when it is none that could be agreed on.</returns>
    public static bool IsCredential(string subProtocol)
    {
        ArgumentNullException.ThrowIfNull(subProtocol);
        return subProtocol.StartsWith(SubProtocolPrefix, StringComparison.Ordinal);
    }

    /// <summary>The credential of a request: the header's, else the subprotocol's, else the query's.</summary>
    /// <param name="request">The request.</param>
    /// <returns>What it says; null when it says nothing.</returns>
    public static string? Find(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (FindInHeader(request) is { } inHeader)
        {
            return inHeader;
        }

        var offered = request.Headers.GetCommaSeparatedValues("Sec-WebSocket-Protocol").FirstOrDefault(IsCredential);
        return NotEmpty(offered?[SubProtocolPrefix.Length..])
            ?? QueryNames.Select(name => request.Query[name] is [{ Length: > 0 } value, ..] ? value : null).FirstOrDefault(v => v is not null);
    }

    /// <summary>The credential of the header <c>Authorization</c> alone: the only place for one that is good for long.</summary>
    /// <param name="request">The request.</param>
    /// <returns>What it says; null when it says nothing.</returns>
    public static string? FindInHeader(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Headers.Authorization is [{ } header] && header.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase)
            ? NotEmpty(header[HeaderPrefix.Length..].Trim())
            : null;
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
