using StreamChat.Hosting.Identity;

namespace StreamChat.Edge.Gateways;

/// <summary>
/// Whose request it is, as the request itself says. Used to choose a gateway only: who the user really is, the gateway finds out.
/// It looks where the gateway looks, in the same order, since one who could be two users here would escape the limits there.
/// </summary>
internal static class RequestUser
{
    private const string Query = "user_id";
    private static readonly PathString ChatPath = "/ws/chat";

    /// <summary>The user of <c>/ws/chat/{user_id}</c>, else of <c>?user_id=…</c>, else of an access token; null when none names one.</summary>
    public static string? Find(HttpRequest request) =>
        OfPath(request.Path)
        ?? (request.Query[Query] is [{ Length: > 0 } user, ..] ? user : null)
        ?? (RequestCredential.Find(request) is { } token && AccessTokenForm.TrySplit(token, out var userId, out _) ? userId : null);

    private static string? OfPath(PathString path)
    {
        if (!path.StartsWithSegments(ChatPath, out var rest) || rest.Value is not ['/', .. { Length: > 0 } tail])
        {
            return null;
        }

        var end = tail.IndexOf('/', StringComparison.Ordinal);
        return end switch
        {
            < 0 => tail,
            0 => null,
            _ => tail[..end],
        };
    }
}
