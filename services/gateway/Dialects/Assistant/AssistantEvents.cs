using StreamChat.Contracts.Rooms;

namespace StreamChat.Gateway.Dialects.Assistant;

/// <summary>The answer to <see cref="AssistantGreeting"/>.</summary>
internal sealed record AssistantGreeted : ServerEvent;

/// <summary>The answer to <see cref="SwitchConversation"/>.</summary>
internal sealed record ConversationSwitched(string ConversationId) : ServerEvent;

/// <summary>The answer to <see cref="JoinRoomCommand"/>.</summary>
internal sealed record RoomJoined(string RoomId, bool Success) : ServerEvent;

/// <summary>The room of the handshake could not be joined.</summary>
internal sealed record RoomNotEntered(string RoomId) : ServerEvent;

/// <summary>The answer to <see cref="LeaveRoomCommand"/>.</summary>
internal sealed record RoomLeft(string RoomId) : ServerEvent;

/// <summary>The answer to <see cref="CreateRoomCommand"/>; no room when it could not be made.</summary>
internal sealed record RoomCreated(string RoomId, Room? Room) : ServerEvent;

/// <summary>The answer to <see cref="InviteCommand"/>.</summary>
internal sealed record UserInvited(string RoomId, string UserId, bool Success) : ServerEvent;

/// <summary>The answer to <see cref="ListRoomsCommand"/>.</summary>
internal sealed record RoomsListed(IReadOnlyList<Room> Rooms, int Total) : ServerEvent;

/// <summary>The answer to <see cref="ConnectionInfoCommand"/>.</summary>
internal sealed record ConnectionDescribed(IReadOnlyList<string> Rooms) : ServerEvent;
