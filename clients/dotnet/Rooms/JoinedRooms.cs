using StreamChat.Client.Connections;
using StreamChat.Client.Frames;
using StreamChat.Client.Runs;

namespace StreamChat.Client.Rooms;

/// <summary>
/// Stays in threads and rooms over whatever connections there are, and shows what others ask for in them. Under the client's lock, but for
/// what a room asks of its owner.
/// </summary>
internal sealed class JoinedRooms(
    Gate gate, Connection connection, RoomTable rooms, RunTable runs, FollowedRuns followed, StreamChatClientOptions options) : IRoomOwner
{
    private const int MostRejoins = 10;
    private const int MostExcepted = 64;

    /// <summary>Is in a thread from now on. Of one that it is in already, returns that.</summary>
    public ChatRoom Join(string threadId)
    {
        if (rooms.Find(threadId) is { } known)
        {
            return known;
        }

        var room = new ChatRoom(this, threadId, options.MaxRuns);
        rooms.Add(room);
        if (connection.State == ConnectionState.Open)
        {
            SendJoin(threadId);
        }
        else
        {
            connection.Open();
        }

        return room;
    }

    /// <summary>A connection is there.</summary>
    public void RejoinAll()
    {
        foreach (var room in rooms.All)
        {
            SendJoin(room.ThreadId);
        }
    }

    /// <summary>The server has let us in.</summary>
    public void Enter(string threadId)
    {
        if (rooms.Find(threadId) is { IsJoined: false } room)
        {
            room.Enter();
            foreach (var run in runs.Of(threadId))
            {
                followed.GoOn(run);
            }
        }
    }

    /// <summary>Shows a run of which an event came without having been asked for; null when it is not to be shown.</summary>
    public ChatRun? Show(RunEvent e)
    {
        if (rooms.IsEmpty || runs.HasEnded(e.RunId) || runs.IsFull)
        {
            return null;
        }

        // the start says which thread it is; in the middle it can be but the only one
        var room = (e as RunStarted)?.ThreadId is { } threadId ? rooms.Find(threadId) : rooms.Only;
        if (room is null)
        {
            return null;
        }

        var run = followed.BeginInRoom(e.RunId, room.ThreadId);
        room.Push(run);
        return run;
    }

    /// <summary>Something that concerns the room was refused.</summary>
    public void Refuse(ChatRoom room, RefusedException error)
    {
        // who was in comes back; who was never in is told
        if (error.Retryable && room.WasIn && ++room.Failures <= MostRejoins)
        {
            room.AgainTimer?.Dispose();
            room.AgainTimer = gate.After(Backoff.BeforeAskingAgain(room.Failures, options.Random), () =>
            {
                if (rooms.Find(room.ThreadId) == room && !room.IsJoined)
                {
                    SendJoin(room.ThreadId);
                }
            });
        }
        else
        {
            End(room, error);
        }
    }

    /// <summary>What others asked for in the room is seen no more; what we asked for goes on.</summary>
    public void End(ChatRoom room, StreamChatException? error)
    {
        rooms.Remove(room);
        room.End(error);
        foreach (var run in runs.Of(room.ThreadId))
        {
            if (run.Link.IsOfRoom)
            {
                run.Fail(new ConnectionEndedException("left", "The room was left.", runId: run.RunId));
            }
            else if (!room.IsJoined)
            {
                followed.GoOn(run);
            }
        }
    }

    /// <summary>The connection is gone.</summary>
    public void Lose()
    {
        foreach (var room in rooms.All)
        {
            room.IsJoined = false;
        }
    }

    /// <summary>There will be no connection.</summary>
    /// <param name="error">Says why; null when that was asked for.</param>
    public void EndAll(Func<StreamChatException?> error)
    {
        foreach (var room in rooms.All)
        {
            room.End(error());
        }

        rooms.Clear();
    }

    void IRoomOwner.Leave(ChatRoom room) => gate.Do(() =>
    {
        if (rooms.Find(room.ThreadId) == room)
        {
            connection.Send(new ThreadFrame("leave", room.ThreadId), FrameJson.Default.ThreadFrame);
            End(room, null);
        }
    });

    /// <summary>The runs that are known are gone on with where they stand; the others that are under way are shown from their start.</summary>
    private void SendJoin(string threadId)
    {
        Guid[] except = [.. runs.PossiblyOf(threadId, MostExcepted)];
        connection.Send(new JoinFrame("join", threadId, except.Length > 0 ? except : null), FrameJson.Default.JoinFrame);
    }
}
