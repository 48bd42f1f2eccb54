namespace StreamChat.Client.Rooms;

/// <summary>The threads and rooms that a client is in, or is to be in. Under the client's lock.</summary>
internal sealed class RoomTable
{
    private readonly Dictionary<string, ChatRoom> _rooms = [];

    public bool IsEmpty => _rooms.Count == 0;

    public IReadOnlyCollection<ChatRoom> All => _rooms.Values;

    /// <summary>The one that there is; null when there are none or several.</summary>
    public ChatRoom? Only => _rooms.Count == 1 ? _rooms.Values.First() : null;

    public ChatRoom? Find(string threadId) => _rooms.GetValueOrDefault(threadId);

    public void Add(ChatRoom room) => _rooms.Add(room.ThreadId, room);

    public void Remove(ChatRoom room) => _rooms.Remove(room.ThreadId);

    public void Clear() => _rooms.Clear();
}
