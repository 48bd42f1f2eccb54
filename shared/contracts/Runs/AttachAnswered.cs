using System.Text.Json.Serialization;

namespace StreamChat.Contracts.Runs;

/// <summary>
/// What became of an <see cref="AttachRun"/>. Sent to the gateway before the first event that it brings, so that the gateway knows
/// whose the run is before it shows any of it.
/// </summary>
public sealed record AttachAnswered
{
    /// <summary>The run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The connection that asked, as in the request.</summary>
    public string? ConnectionId { get; init; }

    /// <summary>Why the run cannot be shown, a member of <see cref="AttachCodes"/>; null when its events follow.</summary>
    public string? Code { get; init; }

    /// <summary>Whose run it is; null when it cannot be shown.</summary>
    public string? UserId { get; init; }

    /// <summary>The conversation that it belongs to; null when it cannot be shown.</summary>
    public string? ThreadId { get; init; }

    /// <summary>The worker that answers.</summary>
    public required string WorkerId { get; init; }

    /// <summary>In answer to <see cref="AttachRun.OnlyFind"/>: whether the run has ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HasEnded { get; init; }
}

/// <summary>Why a run cannot be shown.</summary>
public static class AttachCodes
{
    /// <summary>Unknown, or not for this user to see, which are not told apart.</summary>
    public const string NotFound = "not_found";

    /// <summary>It cannot be had at this moment; asking again is worth it.</summary>
    public const string Unavailable = "unavailable";
}
