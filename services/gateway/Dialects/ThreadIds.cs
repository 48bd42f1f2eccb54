namespace StreamChat.Gateway.Dialects;

/// <summary>
/// The conversations that protocols without thread ids name by other things. They begin with <c>~</c>, which no client may give
/// a thread, so that nobody can take another's by its name.
/// </summary>
internal static class ThreadIds
{
    /// <summary>What the names made here begin with.</summary>
    public const char Reserved = '~';

    private const string RoomPrefix = "~room/";

    /// <summary>The conversation of a room.</summary>
    public static string OfRoom(string roomId) => RoomPrefix + roomId;

    /// <summary>The room that owns a conversation; null when a user does.</summary>
    public static string? RoomOf(string threadId) => threadId.StartsWith(RoomPrefix, StringComparison.Ordinal) ? threadId[RoomPrefix.Length..] : null;

    /// <summary>The room that every user has alone.</summary>
    public static string PrivateRoomOf(string userId) => $"user_{userId}_room";

    /// <summary>A user's conversation in a dialect.</summary>
    /// <param name="dialect">Name of the dialect.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="name">What the dialect calls it.</param>
    public static string Of(string dialect, string userId, string name) => $"~{dialect}/{Uri.EscapeDataString(userId)}/{name}";
}
