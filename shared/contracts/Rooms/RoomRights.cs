using System.Text.Json.Serialization;

namespace StreamChat.Contracts.Rooms;

/// <summary>Who may ask for runs in a room.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RoomSpeakers>))]
public enum RoomSpeakers
{
    /// <summary>Everybody who has joined it.</summary>
    [JsonStringEnumMemberName("members")]
    Members,

    /// <summary>Only the user who made it; the others look on.</summary>
    [JsonStringEnumMemberName("creator")]
    Creator,
}

/// <summary>Who may stop a run in a room. Who asked for it always may.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RoomCancellers>))]
public enum RoomCancellers
{
    /// <summary>Nobody else.</summary>
    [JsonStringEnumMemberName("asker")]
    Asker,

    /// <summary>Everybody who has joined it.</summary>
    [JsonStringEnumMemberName("members")]
    Members,

    /// <summary>The user who made it.</summary>
    [JsonStringEnumMemberName("creator")]
    Creator,
}
