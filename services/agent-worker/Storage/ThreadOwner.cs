using StreamChat.Contracts.Rooms;

namespace StreamChat.AgentWorker.Storage;

/// <summary>Whose a thread is: a user's or a room's, in one column.</summary>
internal static class ThreadOwner
{
    // ids of users have no control characters, so no user can be called like a room
    private const string RoomPrefix = "\u0001room/";

    public static string Of(string userId, string? roomId) => roomId is null ? userId : RoomPrefix + roomId;
}

/// <summary>A conversation: its owner, and the id that it has among the owner's threads. Two owners may use the same id.</summary>
/// <param name="Owner">A <see cref="ThreadOwner"/>.</param>
/// <param name="ThreadId">The id, as clients and messages on the bus have it.</param>
internal readonly record struct ThreadKey(string Owner, string ThreadId)
{
    // neither ids of threads nor ids of users have control characters
    private const char Separator = '\u0001';

    /// <summary>The key of the row when another owner's thread has <see cref="ThreadId"/> as its key.</summary>
    public string RowKey => $"{ThreadId}{Separator}{Owner}";

    /// <summary>The thread that a request names.</summary>
    /// <param name="userId">The user of the request.</param>
    /// <param name="roomId">The room that owns the thread; null when the user does.</param>
    /// <param name="threadId">Its id.</param>
    public static ThreadKey Of(string userId, string? roomId, string threadId) => new(ThreadOwner.Of(userId, roomId), threadId);

    /// <summary>The thread in which a gateway lets a user see or stop the runs of others.</summary>
    /// <param name="threadId">Its id as it stands in the message; null for none.</param>
    /// <returns>Null unless it is a room's: users share none of theirs.</returns>
    public static ThreadKey? Shared(string? threadId) =>
        threadId is not null && RoomNames.OfThread(threadId) is { } roomId ? Of("", roomId, threadId) : null;
}
