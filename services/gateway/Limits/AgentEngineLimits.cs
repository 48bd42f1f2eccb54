using System.ComponentModel.DataAnnotations;

namespace StreamChat.Gateway.Limits;

/// <summary>Section <c>Limits:AgentEngine</c>: what that protocol's document promises. 0 means none.</summary>
internal sealed class AgentEngineLimits
{
    /// <summary>Connections of this gateway; the next handshake gets 503 with <c>Retry-After</c>. Also <c>WS_MAX_CONNECTIONS</c>.</summary>
    [Range(0, int.MaxValue)]
    public int Connections { get; set; } = 1000;
}
