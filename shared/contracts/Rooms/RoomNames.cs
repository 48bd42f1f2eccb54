namespace StreamChat.Contracts.Rooms;

/// <summary>How rooms, and the conversations in them, are named.</summary>
public static class RoomNames
{
    /// <summary>The longest id of a room that people make.</summary>
    public const int MaxLength = 128;

    private const string ThreadPrefix = "~room/";
    private const string PrivatePrefix = "user_";
    private const string PrivateSuffix = "_room";

    /// <summary>The thread that a room owns.</summary>
    /// <param name="roomId">The room.</param>
    /// <returns>The thread's id.</returns>
    public static string Thread(string roomId) => ThreadPrefix + roomId;

    /// <summary>The room that owns a thread.</summary>
    /// <param name="threadId">The thread.</param>
    /// <returns>The room's id, or null when the thread is no room's.</returns>
    public static string? OfThread(string threadId)
    {
        ArgumentNullException.ThrowIfNull(threadId);
        return threadId.Length > ThreadPrefix.Length && threadId.StartsWith(ThreadPrefix, StringComparison.Ordinal) ? threadId[ThreadPrefix.Length..] : null;
    }

    /// <summary>The room that a user has without making it, and that nobody else can join.</summary>
    /// <param name="userId">The user.</param>
    /// <returns>The room's id.</returns>
    public static string PrivateRoom(string userId) => PrivatePrefix + userId + PrivateSuffix;

    /// <summary>Whether a name is kept for some user's private room; nobody can make a room called so.</summary>
    /// <param name="roomId">The name.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsPrivateRoom(string roomId)
    {
        ArgumentNullException.ThrowIfNull(roomId);
        return roomId.Length >= PrivatePrefix.Length + PrivateSuffix.Length && roomId.StartsWith(PrivatePrefix, StringComparison.Ordinal) && roomId.EndsWith(PrivateSuffix, StringComparison.Ordinal);
    }
}
