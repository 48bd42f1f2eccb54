using System.Text.Json.Serialization;

namespace StreamChat.Contracts.Threads;

/// <summary>What became of a request about threads.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ThreadStatus>))]
public enum ThreadStatus
{
    /// <summary>Done.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>There is none, or not for this user to see, which are not told apart.</summary>
    [JsonStringEnumMemberName("not_found")]
    NotFound,

    /// <summary>Something in the request is not possible.</summary>
    [JsonStringEnumMemberName("invalid")]
    Invalid,

    /// <summary>The thread has a run under way.</summary>
    [JsonStringEnumMemberName("busy")]
    Busy,

    /// <summary>Threads cannot be had at this moment; asking again is worth it.</summary>
    [JsonStringEnumMemberName("unavailable")]
    Unavailable,
}
