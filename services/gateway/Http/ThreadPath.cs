using Microsoft.AspNetCore.Http.Features;
using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Http;

/// <summary>The thread that a request's path names. Ids have slashes and percent signs, which only the path as it was sent keeps apart.</summary>
internal static class ThreadPath
{
    public const string Prefix = "/api/v1/threads/";

    /// <summary>The id; null when no thread can be called so.</summary>
    public static string? ThreadId(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.AsSpan(0, target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? query : target.Length);
        if (path.IndexOf(Prefix, StringComparison.OrdinalIgnoreCase) is not (>= 0 and var start))
        {
            return null;
        }

        var id = path[(start + Prefix.Length)..];
        var threadId = Uri.UnescapeDataString(id.IndexOf('/') is >= 0 and var end ? id[..end] : id);
        return ThreadIds.IsName(threadId) ? threadId : null;
    }
}
