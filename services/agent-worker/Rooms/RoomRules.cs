using StreamChat.Contracts.Rooms;
using StreamChat.Hosting.Identity;

namespace StreamChat.AgentWorker.Rooms;

/// <summary>What a room can be called and look like. Checked before the store is asked.</summary>
internal static class RoomRules
{
    private const int MaxName = 200;
    private const int MaxDescription = 2000;
    private const int MaxUserId = 512;
    private const int MostMembers = 10_000;
    private const int LargestPage = 200;
    private const int MostRenewed = 1000;
    private const int MostUsersNamed = 1000;

    public static RoomStatus Check(CreateRoom request) => CheckId(request.RoomId) switch
    {
        RoomStatus.Ok when !VisibleNames.IsVisible(request.RoomId)
            || (request.Name is { } name && !VisibleNames.IsVisible(name, emoji: true))
            || request.Name is { Length: 0 or > MaxName }
            || request.Description?.Length > MaxDescription
            || request.MaxMembers is < 1 or > MostMembers
            || !Enum.IsDefined(request.Speak)
            || !Enum.IsDefined(request.Cancel) => RoomStatus.Invalid,
        var status => status,
    };

    // a room that has an id of before is joined, and no new one is made with such an id
    public static RoomStatus Check(JoinRoom request) => CheckId(request.RoomId) switch
    {
        RoomStatus.Ok when request.CreateIfMissing && !VisibleNames.IsVisible(request.RoomId) => RoomStatus.Invalid,
        var status => status,
    };

    public static RoomStatus Check(InviteToRoom request) => CheckId(request.RoomId) switch
    {
        RoomStatus.Ok when !IsPlain(request.InvitedUserId, MaxUserId) => RoomStatus.Invalid,
        var status => status,
    };

    public static RoomStatus Check(ListRooms request) => request.Limit is < 1 or > LargestPage ? RoomStatus.Invalid : RoomStatus.Ok;

    public static RoomStatus Check(RenewRoomMembers request) => request.ConnectionIds.Count > MostRenewed ? RoomStatus.Invalid : RoomStatus.Ok;

    public static RoomStatus Check(ReadRoomMembers request) =>
        request.RoomIds.Count > ReadRoomMembers.MostRooms || request.MostUsers is < 1 or > MostUsersNamed ? RoomStatus.Invalid : RoomStatus.Ok;

    // gateways know their users' private rooms themselves: one that comes here is somebody else's
    private static RoomStatus CheckId(string roomId) =>
        !IsPlain(roomId, RoomNames.MaxLength) ? RoomStatus.Invalid : RoomNames.IsPrivateRoom(roomId) ? RoomStatus.Forbidden : RoomStatus.Ok;

    private static bool IsPlain(string id, int maxLength) => id.Length >= 1 && id.Length <= maxLength && !id.Any(char.IsControl);
}
