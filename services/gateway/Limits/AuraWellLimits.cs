using System.ComponentModel.DataAnnotations;

namespace StreamChat.Gateway.Limits;

/// <summary>Section <c>Limits:AuraWell</c>: what that protocol's document promises. 0 means none.</summary>
internal sealed class AuraWellLimits
{
    /// <summary>Connections of one user; the next handshake gets 429 with <c>Retry-After</c>.</summary>
    [Range(0, int.MaxValue)]
    public int ConnectionsPerUser { get; set; } = 3;

    /// <summary>The most text in one message, in Unicode scalar values.</summary>
    [Range(1, int.MaxValue)]
    public int MessageCharacters { get; set; } = 1000;
}
