using System.Text.Json.Serialization;

namespace StreamChat.Contracts.Rooms;

/// <summary>What became of a request about rooms.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RoomStatus>))]
public enum RoomStatus
{
    /// <summary>Done.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>There is no such room.</summary>
    [JsonStringEnumMemberName("not_found")]
    NotFound,

    /// <summary>There is a room with this id.</summary>
    [JsonStringEnumMemberName("exists")]
    Exists,

    /// <summary>The room is private and the user is not invited, or only its creator may do this.</summary>
    [JsonStringEnumMemberName("forbidden")]
    Forbidden,

    /// <summary>The room has as many members as it takes.</summary>
    [JsonStringEnumMemberName("full")]
    Full,

    /// <summary>The user has made as many rooms, or the room has as many invitations, as there may be.</summary>
    [JsonStringEnumMemberName("limit")]
    Limit,

    /// <summary>A value that no room can have.</summary>
    [JsonStringEnumMemberName("invalid")]
    Invalid,

    /// <summary>The store cannot be reached now. It may have been done all the same; asking again is safe.</summary>
    [JsonStringEnumMemberName("unavailable")]
    Unavailable,
}
