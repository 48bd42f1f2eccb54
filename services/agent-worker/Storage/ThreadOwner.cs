namespace StreamChat.AgentWorker.Storage;

/// <summary>Whose a thread is: a user's or a room's, in one column.</summary>
internal static class ThreadOwner
{
    // ids of users have no control characters, so nobody can be called like a room
    private const string RoomPrefix = "\u0001room/";

    public static string Of(string userId, string? roomId) => roomId is null ? userId : RoomPrefix + roomId;
}
