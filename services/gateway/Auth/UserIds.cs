using System.Text;

namespace StreamChat.Gateway.Auth;

/// <summary>What a user id may look like.</summary>
internal static class UserIds
{
    public const int MaxLength = 128;

    public const string Rule = "A user id is needed, 1 to 128 characters, none of them a control character.";

    public static bool IsValid(string userId) =>
        userId.Length is > 0 and <= MaxLength && !userId.Any(char.IsControl) && userId.EnumerateRunes().All(r => r != Rune.ReplacementChar);
}
