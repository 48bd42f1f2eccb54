using System.Security.Cryptography;
using System.Text;
using StreamChat.Contracts.Rooms;

namespace StreamChat.Gateway.Dialects;

/// <summary>
/// The conversations that protocols without thread ids name by other things. They begin with <c>~</c>, which no client may give
/// a thread, so that nobody can take another's by its name.
/// </summary>
internal static class ThreadIds
{
    /// <summary>What the names made here begin with.</summary>
    public const char Reserved = '~';

    // what StartRun.ThreadId may have
    private const int MaxLength = 512;

    /// <summary>
    /// Whether it is a valid thread id: the one rule for frames and for paths of HTTP. "." and ".." are refused, percent-encoded ones too,
    /// since proxies and browsers remove them from a path, and no request would reach such a thread.
    /// </summary>
    /// <param name="threadId">The id.</param>
    /// <param name="maxLength">How long it may be, in characters.</param>
    public static bool IsName(string threadId, int maxLength = MaxLength) =>
        threadId.Length > 0 && threadId.Length <= maxLength && !threadId.Any(char.IsControl)
        && threadId.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is not ("." or "..");

    /// <summary>The conversation of a room.</summary>
    public static string OfRoom(string roomId) => RoomNames.Thread(roomId);

    /// <summary>The room that owns a conversation; null when a user does.</summary>
    public static string? RoomOf(string threadId) => RoomNames.OfThread(threadId);

    /// <summary>The room that every user has alone.</summary>
    public static string PrivateRoomOf(string userId) => RoomNames.PrivateRoom(userId);

    /// <summary>A user's conversation in a dialect.</summary>
    /// <param name="dialect">Name of the dialect.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="name">What the dialect calls it.</param>
    public static string Of(string dialect, string userId, string name)
    {
        var id = $"~{dialect}/{Uri.EscapeDataString(userId)}/{name}";
        return id.Length <= MaxLength ? id : $"~{dialect}/~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}";
    }
}
