namespace StreamChat.Gateway.Runs;

/// <summary>The codes of a refused request, the same in every dialect: a closed list.</summary>
internal static class FaultCodes
{
    public const string InvalidJson = "invalid_json";
    public const string InvalidFrame = "invalid_frame";
    public const string UnknownType = "unknown_type";
    public const string TooLarge = "too_large";
    public const string NotFound = "not_found";
    public const string RateLimited = "rate_limited";

    /// <summary>More requests wait on a connection than may, in a protocol that serves them one after the other.</summary>
    public const string TooManyRequests = "too_many_requests";
    public const string Forbidden = "forbidden";
    public const string Busy = "busy";
    public const string Unavailable = "unavailable";
    public const string Internal = "internal";
}
