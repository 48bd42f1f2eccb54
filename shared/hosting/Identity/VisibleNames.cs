using System.Globalization;
using System.Text;

namespace StreamChat.Hosting.Identity;

/// <summary>
/// Names that people are shown: ids of users and rooms, and titles of rooms. Two names that differ must not differ by characters that
/// cannot be seen alone, and no name may change the direction of the text around it.
/// </summary>
public static class VisibleNames
{
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;
    private const int TextStyle = 0xFE0E;
    private const int EmojiStyle = 0xFE0F;

    // Default_Ignorable_Code_Point (Unicode) beyond category Cf, and the blank that Braille has
    private static readonly (int First, int Last)[] Blank =
    [
        (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065), (0x2800, 0x2800), (0x3164, 0x3164),
        (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF),
    ];

    // signs of Indic and related scripts that suppress a vowel (canonical combining class 9)
    private static readonly int[] Viramas =
    [
        0x094D, 0x09CD, 0x0A4D, 0x0ACD, 0x0B4D, 0x0BCD, 0x0C4D, 0x0CCD, 0x0D3B, 0x0D3C, 0x0D4D, 0x0DCA, 0x0E3A, 0x0EBA, 0x0F84, 0x1039, 0x103A, 0x1714,
        0x1734, 0x17D2, 0x1A60, 0x1B44, 0x1BAA, 0x1BAB, 0x1BF2, 0x1BF3, 0xA806, 0xA8C4, 0xA953, 0xA9C0, 0xAAF6, 0xABED,
    ];

    // letters of the Arabic block that do not join the next one, where a non-joiner would change nothing
    private static readonly (int First, int Last)[] NotJoiningNext =
    [
        (0x0621, 0x0625), (0x0627, 0x0627), (0x0629, 0x0629), (0x062F, 0x0632), (0x0648, 0x0648), (0x0671, 0x0677), (0x0688, 0x0699), (0x06C0, 0x06C0),
        (0x06C3, 0x06CB), (0x06CD, 0x06CD), (0x06CF, 0x06CF), (0x06D2, 0x06D3), (0x06D5, 0x06D5), (0x06EE, 0x06EF),
    ];

    /// <summary>
    /// Whether all of a name can be seen. Refused are control and format characters, those that are drawn as nothing, halves of
    /// surrogate pairs, U+FFFD, spaces at the ends, and spaces other than U+0020 and U+3000. A joiner is taken where it changes how a word
    /// looks (RFC 5892, appendix A).
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="emoji">Whether emoji may be made of several characters, which takes joiners and selectors: in titles, not in ids.</param>
    public static bool IsVisible(string name, bool emoji = false)
    {
        ArgumentNullException.ThrowIfNull(name);
        Rune[] runes = [.. name.EnumerateRunes()];
        if (runes.Length > 0 && (Rune.IsWhiteSpace(runes[0]) || Rune.IsWhiteSpace(runes[^1])))
        {
            return false;
        }

        for (var i = 0; i < runes.Length; i++)
        {
            if (!IsVisible(runes[i]) && !IsJoiner(runes, i) && !(emoji && IsPartOfEmoji(runes, i)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsVisible(Rune rune) => rune != Rune.ReplacementChar && !IsIn(Blank, rune) && Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        UnicodeCategory.SpaceSeparator => rune.Value is 0x20 or 0x3000,
        _ => true,
    };

    private static bool IsJoiner(Rune[] runes, int at) => runes[at].Value switch
    {
        ZeroWidthNonJoiner => IsAfterVirama(runes, at) || IsBetweenArabicLetters(runes, at),
        ZeroWidthJoiner => IsAfterVirama(runes, at),
        _ => false,
    };

    private static bool IsAfterVirama(Rune[] runes, int at) => at > 0 && Viramas.Contains(runes[at - 1].Value);

    private static bool IsBetweenArabicLetters(Rune[] runes, int at)
    {
        var before = runes.AsSpan(0, at).ToArray().LastOrDefault(r => !IsMark(r));
        var after = runes.AsSpan(at + 1).ToArray().FirstOrDefault(r => !IsMark(r));
        return IsArabicLetter(before) && !IsIn(NotJoiningNext, before) && IsArabicLetter(after) && after.Value is not (0x0621 or 0x0674);
    }

    private static bool IsArabicLetter(Rune rune) => rune.Value is >= 0x0620 and <= 0x06FF && Rune.IsLetter(rune);

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark;

    private static bool IsPartOfEmoji(Rune[] runes, int at) => at > 0 && runes[at].Value switch
    {
        TextStyle or EmojiStyle => Rune.GetUnicodeCategory(runes[at - 1]) == UnicodeCategory.OtherSymbol || runes[at - 1].Value is '#' or '*' or (>= '0' and <= '9'),
        ZeroWidthJoiner => at + 1 < runes.Length && Rune.GetUnicodeCategory(runes[at + 1]) == UnicodeCategory.OtherSymbol
            && (runes[at - 1].Value == EmojiStyle || Rune.GetUnicodeCategory(runes[at - 1]) is UnicodeCategory.OtherSymbol or UnicodeCategory.ModifierSymbol),
        _ => false,
    };

    private static bool IsIn((int First, int Last)[] ranges, Rune rune) => Array.Exists(ranges, r => rune.Value >= r.First && rune.Value <= r.Last);
}
