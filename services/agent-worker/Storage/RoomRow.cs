using StreamChat.Contracts.Rooms;

namespace StreamChat.AgentWorker.Storage;

/// <summary>A row of <c>rooms</c>, with what a connection may and does there.</summary>
internal sealed class RoomRow
{
    public string RoomId { get; init; } = "";

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public string CreatedBy { get; init; } = "";

    public long CreatedAt { get; init; }

    public int MaxMembers { get; init; }

    public bool IsPrivate { get; init; }

    public int Members { get; init; }

    public string Speak { get; init; } = nameof(RoomSpeakers.Members);

    public string Cancel { get; init; } = nameof(RoomCancellers.Asker);

    /// <summary>Whether the user may join.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether the connection is in it.</summary>
    public bool IsMember { get; init; }

    public Room ToRoom() => new()
    {
        RoomId = RoomId,
        Name = Name,
        Description = Description,
        CreatedBy = CreatedBy,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
        MaxMembers = MaxMembers,
        IsPrivate = IsPrivate,
        Members = Members,
        Speak = Enum.Parse<RoomSpeakers>(Speak),
        Cancel = Enum.Parse<RoomCancellers>(Cancel),
    };
}

/// <summary>A user in a room.</summary>
internal sealed class RoomUserRow
{
    public string RoomId { get; init; } = "";

    public string UserId { get; init; } = "";

    public int Connections { get; init; }

    /// <summary>How many users are in the room.</summary>
    public int Total { get; init; }

    public static RoomMembers ToMembers(string roomId, IReadOnlyList<RoomUserRow> rows) => new()
    {
        RoomId = roomId,
        Users = [.. rows.Select(row => new RoomUser { UserId = row.UserId, Connections = row.Connections })],
        Total = rows.Count == 0 ? 0 : rows[0].Total,
    };
}
