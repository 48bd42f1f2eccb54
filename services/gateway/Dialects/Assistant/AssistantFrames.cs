using StreamChat.Contracts.Rooms;

namespace StreamChat.Gateway.Dialects.Assistant;

/// <summary>A chat: which conversation and room it belongs to is decided when it is its turn, for joining a room takes time.</summary>
internal sealed record AssistantChat : RunRequest
{
    /// <summary>A conversation of the user's own that it is to go on with; null for the one of its room.</summary>
    public string? ConversationId { get; init; }

    /// <summary>The rooms that it is for, the one that counts most first; those that the connection is not in do not count.</summary>
    public IReadOnlyList<string> Rooms { get; init; } = [];
}

/// <summary>Says hello.</summary>
internal sealed record AssistantGreeting : ClientFrame;

/// <summary>Wants those with whom it shares a room to know that the user goes away.</summary>
internal sealed record AssistantFarewell(string Username) : ClientFrame
{
    // a join before it is to count
    public override bool IsTurn => true;
}

/// <summary>From here on the connection's chats belong to another conversation of the user's.</summary>
internal sealed record SwitchConversation(string ConversationId) : ClientFrame
{
    // its answer is to stand before the answer of the next chat
    public override bool IsTurn => true;
}

/// <summary>A command, served in order with the chats: a chat that follows it may rely on it.</summary>
internal abstract record AssistantCommand : ClientFrame
{
    public override bool IsTurn => true;
}

/// <summary>The room that the handshake names: made if there is none, and joined before anything else is done.</summary>
internal sealed record EnterRoomCommand(string RoomId) : AssistantCommand;

internal sealed record JoinRoomCommand(string RoomId) : AssistantCommand;

internal sealed record LeaveRoomCommand(string RoomId) : AssistantCommand;

internal sealed record CreateRoomCommand(string RoomId, string? Name, string? Description, int? MaxMembers, bool IsPrivate) : AssistantCommand
{
    /// <summary>Who may ask there; ours.</summary>
    public RoomSpeakers Speak { get; init; }

    /// <summary>Who but the asker may stop what was asked there; ours.</summary>
    public RoomCancellers Cancel { get; init; }
}

internal sealed record InviteCommand(string RoomId, string UserId) : AssistantCommand;

internal sealed record ListRoomsCommand : AssistantCommand;

internal sealed record ConnectionInfoCommand : AssistantCommand;

/// <summary>A command that cannot be understood, which is answered more briefly than other bad frames.</summary>
internal sealed record BadCommand : AssistantCommand;
