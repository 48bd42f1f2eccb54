using System.Text;

namespace StreamChat.Storage;

/// <summary>Text that a database takes.</summary>
internal static class StorableText
{
    /// <summary>
    /// Replaces by U+FFFD what PostgreSQL refuses: NUL, which JSON can carry, and half a surrogate pair, as where a text was cut off
    /// between two deltas.
    /// </summary>
    public static string Clean(string text)
    {
        if (!text.AsSpan().Contains('\0') && !text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            clean.Append((rune.Value == 0 ? Rune.ReplacementChar : rune).ToString());
        }

        return clean.ToString();
    }
}
