using System.Globalization;
using System.Text.Json;

namespace StreamChat.Gateway.Dialects;

/// <summary>The two forms of ISO 8601 that the original services have.</summary>
internal static class IsoTime
{
    private const string NaiveForm = "yyyy-MM-dd'T'HH:mm:ss.ffffff";
    private const string ZuluForm = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>UTC without a mark of it, as the assistant has it: <c>2025-07-13T12:33:41.123456</c>.</summary>
    public static string Naive(DateTimeOffset time) => time.UtcDateTime.ToString(NaiveForm, CultureInfo.InvariantCulture);

    /// <summary>UTC with a <c>Z</c>, as AuraWell documents it: <c>2025-01-16T12:00:00.123Z</c>.</summary>
    public static string Zulu(DateTimeOffset time) => time.UtcDateTime.ToString(ZuluForm, CultureInfo.InvariantCulture);

    /// <summary>Writes <see cref="Naive"/> as a member, without a string for it.</summary>
    public static void WriteNaive(this Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset time) => Write(json, name, time, NaiveForm);

    /// <summary>Writes <see cref="Zulu"/> as a member, without a string for it.</summary>
    public static void WriteZulu(this Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset time) => Write(json, name, time, ZuluForm);

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset time, string form)
    {
        Span<char> text = stackalloc char[32];
        time.UtcDateTime.TryFormat(text, out var length, form, CultureInfo.InvariantCulture);
        json.WriteString(name, text[..length]);
    }
}
