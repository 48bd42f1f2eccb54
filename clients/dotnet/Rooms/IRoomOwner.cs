namespace StreamChat.Client.Rooms;

/// <summary>Whom a room tells what is asked of it.</summary>
internal interface IRoomOwner
{
    void Leave(ChatRoom room);
}
