using StreamChat.Contracts.Rooms;

namespace StreamChat.Gateway.Runs;

/// <summary>
/// Who may do what in which conversation, decided here alone. Users own the threads that they name, each in a space of their own;
/// rooms own theirs, for those who have joined them.
/// </summary>
internal static class ThreadAccess
{
    /// <summary>Whether a connection may ask for a run in a thread.</summary>
    /// <param name="listener">The connection.</param>
    /// <param name="threadId">The thread; null for a new one.</param>
    /// <param name="roomId">The room that owns it; null for the user.</param>
    public static bool MayRun(IRunListener listener, string? threadId, string? roomId) => roomId is null
        ? threadId is null || RoomNames.OfThread(threadId) is null
        : threadId == RoomNames.Thread(roomId) && (roomId == RoomNames.PrivateRoom(listener.UserId) || IsIn(listener, threadId));

    /// <summary>Whether a connection that may run in a thread may do so there: some rooms are for looking on.</summary>
    public static bool MaySpeak(IRunListener listener, string? threadId) =>
        threadId is null || listener.Threads.RightsIn(new ThreadKey(null, threadId)) is not { MaySpeak: false };

    /// <summary>Whether a connection may stop the runs of a thread that others asked for: of a room that it has joined and that allows it.</summary>
    public static bool MayCancelAll(IRunListener listener, string threadId) =>
        listener.Threads.RightsIn(new ThreadKey(null, threadId)) is { MayCancel: true };

    /// <summary>Whether a connection may see a run.</summary>
    /// <param name="listener">The connection.</param>
    /// <param name="userId">Who asked for the run.</param>
    /// <param name="threadId">Its thread.</param>
    public static bool MaySee(IRunListener listener, string userId, string threadId) => listener.UserId == userId || IsIn(listener, threadId);

    /// <summary>Whether a connection has joined a room's thread.</summary>
    public static bool IsIn(IRunListener listener, string threadId) => listener.Threads.Contains(new ThreadKey(null, threadId));
}
