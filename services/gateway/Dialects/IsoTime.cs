using System.Globalization;

namespace StreamChat.Gateway.Dialects;

/// <summary>The two forms of ISO 8601 that the original services have.</summary>
internal static class IsoTime
{
    /// <summary>UTC without a mark of it, as the assistant has it: <c>2025-07-13T12:33:41.123456</c>.</summary>
    public static string Naive(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    /// <summary>UTC with a <c>Z</c>, as AuraWell documents it: <c>2025-01-16T12:00:00.123Z</c>.</summary>
    public static string Zulu(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
