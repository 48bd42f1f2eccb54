using System.Text.Json;

namespace StreamChat.Gateway.Dialects;

/// <summary>
/// Strings of frames. JSON may escape half of a surrogate pair, which no text can hold; System.Text.Json throws when such a string
/// is read.
/// </summary>
internal static class JsonStrings
{
    /// <summary>A value that is a string and is text; null when it is not.</summary>
    public static string? Text(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A field of an object; null when it is absent or null, or when <paramref name="element"/> is no object.</summary>
    /// <exception cref="InvalidOperationException">The name of a field is not text.</exception>
    public static JsonElement? Field(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>Reads every string in a value, names included.</summary>
    /// <exception cref="InvalidOperationException">One of them is not text.</exception>
    public static void Check(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Check(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    _ = property.Name;
                    Check(property.Value);
                }

                break;
        }
    }

    /// <summary>A word of a client's in an error that it gets.</summary>
    public static string Shorten(string text) => text.Length <= 64 ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[63]) ? 63 : 64)}…";

    /// <summary>How many characters people would say a text has: Unicode scalar values.</summary>
    public static int CountCharacters(string text)
    {
        var characters = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            characters++;
        }

        return characters;
    }
}
