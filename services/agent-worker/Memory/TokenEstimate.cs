using StreamChat.AgentWorker.Storage;

namespace StreamChat.AgentWorker.Memory;

/// <summary>
/// About how many tokens a model makes of a text. Every model counts in its own way; this errs on the side of too many: a character
/// of the scripts that write without letters counts one, of all else four make one.
/// </summary>
internal static class TokenEstimate
{
    // role and separators
    private const int PerMessage = 4;
    private const int LettersPerToken = 4;

    // whatever its size: providers scale it down
    private const int PerImages = 1000;

    /// <summary>The most characters that so many tokens can be.</summary>
    public static long MostChars(int tokens) => (long)tokens * LettersPerToken;

    public static int Of(StoredMessage message) =>
        PerMessage + Of(message.Content) + (message.ToolCalls is { } calls ? Of(calls) : 0) + (message.ToolCallId is { } id ? Of(id) : 0)
        + (message.Images is null ? 0 : PerImages);

    public static int Of(string text)
    {
        var (whole, letters) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsWhole(rune.Value))
            {
                whole++;
            }
            else
            {
                letters += rune.Utf16SequenceLength;
            }
        }

        return whole + ((letters + LettersPerToken - 1) / LettersPerToken);
    }

    // Hangul Jamo; from CJK radicals through kana, ideographs and Yi; Hangul syllables; compatibility and full-width forms; pictures
    // and the ideographs beyond the first plane
    private static bool IsWhole(int rune) => rune is
        (>= 0x1100 and <= 0x11FF) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7AF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0xFE30 and <= 0xFE4F) or (>= 0xFF00 and <= 0xFFEF) or >= 0x1F000;
}
