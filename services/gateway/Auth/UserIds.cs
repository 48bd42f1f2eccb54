using System.Text;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Auth;

/// <summary>What a user id may look like.</summary>
internal static class UserIds
{
    public const int MaxLength = 128;

    public const string Rule =
        "A user id is needed, 1 to 128 characters, none of them a control character or invisible, and no space at its ends.";

    /// <summary>Whether it is a valid user id.</summary>
    public static bool IsValid(string userId) => IsPlain(userId) && VisibleNames.IsVisible(userId);

    /// <summary>
    /// Whether it was a valid user id before invisible characters were refused: for ids that a token proves, and for revoking such
    /// tokens.
    /// </summary>
    public static bool IsPlain(string userId) =>
        userId.Length is > 0 and <= MaxLength && !userId.Any(char.IsControl) && userId.EnumerateRunes().All(r => r != Rune.ReplacementChar);
}
