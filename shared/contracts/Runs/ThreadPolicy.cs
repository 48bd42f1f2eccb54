using System.Text.Json.Serialization;

namespace StreamChat.Contracts.Runs;

/// <summary>What becomes of a run that is asked for while its thread is busy with another one.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ThreadPolicy>))]
public enum ThreadPolicy
{
    /// <summary>It waits until the one before it has ended.</summary>
    [JsonStringEnumMemberName("enqueue")]
    Enqueue,

    /// <summary>It fails at once, with code <c>conflict</c>.</summary>
    [JsonStringEnumMemberName("reject")]
    Reject,

    /// <summary>The one before it is cancelled, and it begins when that has ended.</summary>
    [JsonStringEnumMemberName("interrupt")]
    Interrupt,
}
