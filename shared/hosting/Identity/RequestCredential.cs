using Microsoft.AspNetCore.Http;

namespace StreamChat.Hosting.Identity;

/// <summary>
/// Where a request carries its credential. Browsers cannot set headers on a WebSocket, so there are two more places than
/// <c>Authorization</c>: a subprotocol, which stands in no address and is the better one, and the query parameters
/// <c>access_token</c> and <c>token</c>, which <see cref="TakeFromQuery"/> makes a header of before anything else sees the request.
/// </summary>
public static class RequestCredential
{
    /// <summary>Before a credential that is offered as a subprotocol: <c>Sec-WebSocket-Protocol: streamchat.v1, bearer.{token}</c>.</summary>
    public const string SubProtocolPrefix = "bearer.";

    private const string HeaderPrefix = "Bearer ";

    private static readonly string[] QueryNames = ["access_token", "token"];

    /// <summary>Whether an offered subprotocol is a credential.</summary>
    /// <param name="subProtocol">What a client offers.</param>
    /// <returns>True when it is none that could be agreed on.</returns>
    public static bool IsCredential(string subProtocol)
    {
        ArgumentNullException.ThrowIfNull(subProtocol);
        return subProtocol.StartsWith(SubProtocolPrefix, StringComparison.Ordinal);
    }

    /// <summary>The credential of a request: the header's, else the subprotocol's.</summary>
    /// <param name="request">The request.</param>
    /// <returns>What it says; null when it says nothing.</returns>
    public static string? Find(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return FindInHeader(request)
            ?? NotEmpty(request.Headers.GetCommaSeparatedValues("Sec-WebSocket-Protocol").FirstOrDefault(IsCredential)?[SubProtocolPrefix.Length..]);
    }

    /// <summary>The credential of the header <c>Authorization</c> alone.</summary>
    /// <param name="request">The request.</param>
    /// <returns>What it says; null when it says nothing.</returns>
    public static string? FindInHeader(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Headers.Authorization is [{ } header] && header.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase)
            ? NotEmpty(header[HeaderPrefix.Length..].Trim())
            : null;
    }

    /// <summary>
    /// Takes credentials out of the query, where logs, traces and whoever reads the query would find them, and puts the first into
    /// the header <c>Authorization</c>, unless there is one.
    /// </summary>
    /// <param name="request">The request.</param>
    public static void TakeFromQuery(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.QueryString.Value is not { Length: > 1 } query)
        {
            return;
        }

        List<string> kept = [];
        string? credential = null;
        var found = false;
        foreach (var part in query[1..].Split('&'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = Uri.UnescapeDataString(equals < 0 ? part : part[..equals]);
            if (!QueryNames.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                kept.Add(part);
                continue;
            }

            found = true;
            credential ??= NotEmpty(equals < 0 ? null : Uri.UnescapeDataString(part[(equals + 1)..]));
        }

        if (!found)
        {
            return;
        }

        request.QueryString = kept.Count == 0 ? QueryString.Empty : new QueryString('?' + string.Join('&', kept));

        // what could not stand in a header cannot be a credential either
        if (credential is not null && request.Headers.Authorization.Count == 0 && credential.All(c => c is > ' ' and <= '~'))
        {
            request.Headers.Authorization = HeaderPrefix + credential;
        }
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
