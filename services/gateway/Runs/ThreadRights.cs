using StreamChat.Contracts.Rooms;

namespace StreamChat.Gateway.Runs;

/// <summary>What a connection may do in a thread that it has joined, beyond seeing its runs.</summary>
/// <param name="MaySpeak">Ask for runs.</param>
/// <param name="MayCancel">Stop runs that somebody else asked for.</param>
internal readonly record struct ThreadRights(bool MaySpeak, bool MayCancel)
{
    /// <summary>Those in a thread of one's own: all that is there is one's own.</summary>
    public static ThreadRights Own => new(MaySpeak: true, MayCancel: true);

    /// <summary>Those of a user in a room.</summary>
    public static ThreadRights In(Room room, string userId)
    {
        var isCreator = room.CreatedBy == userId;
        return new ThreadRights(
            room.Speak == RoomSpeakers.Members || isCreator,
            room.Cancel == RoomCancellers.Members || (room.Cancel == RoomCancellers.Creator && isCreator));
    }
}
