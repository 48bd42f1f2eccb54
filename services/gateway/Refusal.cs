using StreamChat.Gateway.Http;
using StreamChat.Hosting.Http;

namespace StreamChat.Gateway;

/// <summary>Why an HTTP request, a handshake too, is not served.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Reason">For metrics: one of a few words.</param>
/// <param name="Message">For a person; no internals.</param>
internal sealed record Refusal(int Status, string Reason, string Message)
{
    private const string Realm = "Bearer realm=\"streamchat\"";

    /// <summary>What goes into <c>WWW-Authenticate</c>.</summary>
    public string? Challenge { get; private init; }

    /// <summary>What goes into <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether this process stops, so that another one is to be asked.</summary>
    public bool AskElsewhere { get; init; }

    /// <summary>Somebody must say who they are.</summary>
    public static Refusal NoCredentials(string message) => new(StatusCodes.Status401Unauthorized, "no_credentials", message) { Challenge = Realm };

    /// <summary>What they said is not, or no more, true.</summary>
    public static Refusal BadCredentials(string message) =>
        new(StatusCodes.Status401Unauthorized, "bad_credentials", message) { Challenge = $"{Realm}, error=\"invalid_token\"" };

    public static Refusal Forbidden(string reason, string message) => new(StatusCodes.Status403Forbidden, reason, message);

    public async Task WriteAsync(HttpContext context)
    {
        if (Challenge is not null)
        {
            context.Response.Headers.WWWAuthenticate = Challenge;
        }

        if (RetryAfter is { } after)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(after.TotalSeconds)).ToString(provider: null);
        }

        if (AskElsewhere)
        {
            context.Response.Headers[EdgeHeaders.AskElsewhere] = "1";
        }

        context.Response.Headers.CacheControl = "no-store";
        await HttpResults.Problem(Status, Message).ExecuteAsync(context);
    }
}
