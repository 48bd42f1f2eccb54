using System.ComponentModel.DataAnnotations;

namespace StreamChat.AgentWorker.Storage;

/// <summary>Section <c>Limits:Rooms</c>: bounds of the rooms that people make.</summary>
internal sealed class RoomOptions
{
    public const string Section = "Limits:Rooms";

    /// <summary>How many rooms one user may make.</summary>
    [Range(1, 1_000_000)]
    public int PerUser { get; set; } = 100;

    /// <summary>How many users may be invited to one room.</summary>
    [Range(1, 1_000_000)]
    public int Invitations { get; set; } = 1000;

    /// <summary>How long a connection counts as a member without a word of its gateway, which speaks every <c>Limits:RoomRenewal</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MemberLease { get; set; } = TimeSpan.FromSeconds(35);
}
