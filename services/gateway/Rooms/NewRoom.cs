using StreamChat.Contracts.Rooms;

namespace StreamChat.Gateway.Rooms;

/// <summary>A room that somebody wants to make. What is null takes its default; the bounds are those of <see cref="CreateRoom"/>.</summary>
internal sealed record NewRoom
{
    public required string RoomId { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    public int? MaxMembers { get; init; }

    public bool IsPrivate { get; init; }

    public RoomSpeakers Speak { get; init; }

    public RoomCancellers Cancel { get; init; }
}
