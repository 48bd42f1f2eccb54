namespace StreamChat.Gateway.Runs;

/// <summary>The codes of a refused request, the same in every dialect: a closed list.</summary>
internal static class FaultCodes
{
    public const string InvalidJson = "invalid_json";
    public const string InvalidFrame = "invalid_frame";
    public const string UnknownType = "unknown_type";
    public const string TooLarge = "too_large";
    public const string Forbidden = "forbidden";
    public const string Busy = "busy";
    public const string Unavailable = "unavailable";
    public const string Internal = "internal";
}
