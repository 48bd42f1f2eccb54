namespace StreamChat.Edge.Gateways;

/// <summary>
/// Whose request it is, as the request itself says. Used to choose a gateway only: who the user really is, the gateway finds out.
/// </summary>
internal static class RequestUser
{
    private const string Query = "user_id";
    private static readonly PathString ChatPath = "/ws/chat";

    /// <summary>The user of <c>?user_id=…</c> or <c>/ws/chat/{user_id}</c>; null when neither names one.</summary>
    public static string? Find(HttpRequest request)
    {
        if (request.Query[Query] is [{ Length: > 0 } user, ..])
        {
            return user;
        }

        if (!request.Path.StartsWithSegments(ChatPath, out var rest) || rest.Value is not ['/', .. { Length: > 0 } tail])
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
