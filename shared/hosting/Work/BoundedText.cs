using System.Text;

namespace StreamChat.Hosting.Work;

/// <summary>
/// The piece of a text that rules look at. Rules ask many questions at every position, so what a user, a model or a tool wrote is cut
/// before they see it. All rules cut here.
/// </summary>
public static class BoundedText
{
    /// <summary>How many characters rules see of each end of a long text.</summary>
    public const int EndChars = 4000;

    /// <summary>The most characters that rules see of any text: both ends, and a line feed between them.</summary>
    public const int MaxChars = (2 * EndChars) + 1;

    // patterns take "any white space" at many positions, which costs the square of the length of one long run
    private const int MaxSpaces = 20;

    /// <summary>The text as rules see it: the beginning and the end of a long one, no white space longer than 20 characters.</summary>
    /// <param name="text">The text, of any length.</param>
    /// <returns>At most <see cref="MaxChars"/> characters; a short text without long white space as it is.</returns>
    public static string Ends(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ShortenSpaces(text.Length <= MaxChars ? text : $"{Start(text, EndChars)}\n{End(text, EndChars)}");
    }

    /// <summary>The beginning of a text. Never ends in the middle of a character.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxChars">The most UTF-16 code units to keep.</param>
    /// <returns>The text itself when it is not longer.</returns>
    public static string Start(string text, int maxChars)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= maxChars)
        {
            return text;
        }

        return text[..(maxChars > 0 && char.IsHighSurrogate(text[maxChars - 1]) ? maxChars - 1 : maxChars)];
    }

    private static string End(string text, int maxChars) => text[^(char.IsLowSurrogate(text[^maxChars]) ? maxChars - 1 : maxChars)..];

    private static string ShortenSpaces(string text)
    {
        StringBuilder? shortened = null;
        for (int i = 0, spaces = 0, copied = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsWhiteSpace(text[i]))
            {
                spaces++;
                continue;
            }

            if (spaces > MaxSpaces)
            {
                shortened ??= new StringBuilder(text.Length);
                shortened.Append(text, copied, i - spaces + MaxSpaces - copied);
                copied = i;
            }

            if (i == text.Length)
            {
                shortened?.Append(text, copied, i - copied);
            }

            spaces = 0;
        }

        return shortened?.ToString() ?? text;
    }
}
