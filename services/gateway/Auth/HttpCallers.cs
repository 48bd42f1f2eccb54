using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Auth;

/// <summary>Finds out on whose behalf an HTTP request, a handshake too, is made.</summary>
internal sealed class HttpCallers(Authenticator authenticator, ApiKeys keys)
{
    public const string KeyHeader = "X-Api-Key";

    /// <summary>The user id that the query names, or null. The first of several, as the edge takes it.</summary>
    public static string? UserIdInQuery(HttpRequest request) => request.Query["user_id"] is [{ Length: > 0 } userId, ..] ? userId : null;

    /// <summary>The user of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="claimed">The user id that path or query name; null when they name none.</param>
    /// <param name="needed">Whether they must, where nobody proves who they are.</param>
    /// <param name="caller">Who it is.</param>
    /// <returns>Why it is nobody; null when it is somebody.</returns>
    public Refusal? Find(HttpRequest request, string? claimed, bool needed, out Caller? caller)
    {
        caller = null;
        if (claimed is null ? needed && !authenticator.Required : !(authenticator.Required ? UserIds.IsPlain(claimed) : UserIds.IsValid(claimed)))
        {
            return Refusal.Forbidden("user_id", UserIds.Rule);
        }

        if (!authenticator.Required)
        {
            caller = Caller.Believed(claimed);
            return null;
        }

        if (RequestCredential.Find(request) is not { } token)
        {
            return Refusal.NoCredentials("An access token is needed.");
        }

        if (authenticator.Authenticate(token) is not { } authenticated)
        {
            return Refusal.BadCredentials("The access token is not valid, or not any more.");
        }

        if (claimed is not null && claimed != authenticated.UserId)
        {
            return Refusal.Forbidden("foreign_user", "The access token is another user's.");
        }

        caller = authenticated;
        return null;
    }

    /// <summary>The API key of a request.</summary>
    /// <returns>Why there is none; null when there is.</returns>
    public Refusal? FindKey(HttpRequest request, out ApiKey? key)
    {
        key = null;
        if ((request.Headers[KeyHeader] is [{ Length: > 0 } header] ? header : RequestCredential.FindInHeader(request)) is not { } text)
        {
            return Refusal.NoCredentials("An API key is needed.");
        }

        key = keys.Find(text);
        return key is null ? Refusal.BadCredentials("The API key is not known.") : null;
    }

    /// <summary>Whether a request comes from an administrator, by API key or access token. Everybody is one in mode <c>open</c>.</summary>
    /// <returns>Why not; null when it does.</returns>
    public Refusal? CheckAdmin(HttpRequest request)
    {
        if (!authenticator.Required)
        {
            return null;
        }

        IEnumerable<string> roles;
        if (request.Headers.ContainsKey(KeyHeader) || (RequestCredential.FindInHeader(request) is { } text && ApiKeys.IsKey(text)))
        {
            if (FindKey(request, out var key) is { } refusal)
            {
                return refusal;
            }

            roles = key!.Roles;
        }
        else
        {
            if (Find(request, claimed: null, needed: false, out var caller) is { } refusal)
            {
                return refusal;
            }

            roles = caller!.Roles;
        }

        return roles.Contains(Roles.Admin) ? null : Refusal.Forbidden("not_admin", "Only an administrator may do this.");
    }
}
