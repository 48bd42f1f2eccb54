using System.Globalization;
using System.Text.Json;

namespace StreamChat.IntegrationTests.Traces;

/// <summary>
/// Compares a frame with a recorded one. Strings that begin with <c>$</c> stand for what differs from run to run: <c>$uuid</c>,
/// <c>$hex32</c>, <c>$iso</c> (naive), <c>$zulu</c>, <c>$number</c>, <c>$any</c>; <c>$same:name</c> is the same value wherever it stands.
/// </summary>
internal sealed class TraceMatch
{
    private readonly Dictionary<string, string> _same = [];

    /// <returns>Where they differ, or null.</returns>
    public string? Difference(JsonElement expected, JsonElement actual, string at = "$")
    {
        if (expected.ValueKind == JsonValueKind.String && expected.GetString() is ['$', ..] placeholder)
        {
            return Fits(placeholder, actual) ? null : $"{at}: {actual.GetRawText()} is no {placeholder}";
        }

        if (expected.ValueKind != actual.ValueKind)
        {
            return $"{at}: {actual.GetRawText()} instead of {expected.GetRawText()}";
        }

        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                var names = expected.EnumerateObject().Select(p => p.Name).ToList();
                var others = actual.EnumerateObject().Select(p => p.Name).ToList();
                return names.Order(StringComparer.Ordinal).SequenceEqual(others.Order(StringComparer.Ordinal))
                    ? names.Select(n => Difference(expected.GetProperty(n), actual.GetProperty(n), $"{at}.{n}")).FirstOrDefault(d => d is not null)
                    : $"{at}: fields {string.Join(", ", others)} instead of {string.Join(", ", names)}";
            case JsonValueKind.Array:
                return expected.GetArrayLength() == actual.GetArrayLength()
                    ? expected.EnumerateArray().Zip(actual.EnumerateArray()).Select((pair, i) => Difference(pair.First, pair.Second, $"{at}[{i}]")).FirstOrDefault(d => d is not null)
                    : $"{at}: {actual.GetArrayLength()} items instead of {expected.GetArrayLength()}: {actual.GetRawText()}";
            default:
                return JsonElement.DeepEquals(expected, actual) ? null : $"{at}: {actual.GetRawText()} instead of {expected.GetRawText()}";
        }
    }

    private bool Fits(string placeholder, JsonElement actual)
    {
        var text = actual.ValueKind == JsonValueKind.String ? actual.GetString()! : actual.GetRawText();
        if (placeholder.StartsWith("$same:", StringComparison.Ordinal))
        {
            return _same.TryAdd(placeholder, text) || _same[placeholder] == text;
        }

        return placeholder switch
        {
            "$any" => true,
            "$uuid" => actual.ValueKind == JsonValueKind.String && Guid.TryParseExact(text, "D", out _),
            "$hex32" => actual.ValueKind == JsonValueKind.String && text.Length == 32 && text.All(char.IsAsciiHexDigitLower),
            "$number" => actual.ValueKind == JsonValueKind.Number,
            "$iso" => Is(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFF"),
            "$zulu" => Is(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'"),
            _ => throw new FormatException($"Unknown placeholder: {placeholder}"),
        };
    }

    private static bool Is(string text, string format) => DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
