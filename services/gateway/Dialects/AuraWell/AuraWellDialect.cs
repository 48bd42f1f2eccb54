using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Limits;

namespace StreamChat.Gateway.Dialects.AuraWell;

/// <summary>The protocol of the AuraWell health assistant: docs/protocols/aurawell.md.</summary>
internal sealed class AuraWellDialect(IOptions<LimitsOptions> limits, MessageExtensions extensions) : IDialect
{
    public const string DialectName = "aurawell";

    // a client that answers pings and then leaves three of them unanswered is gone
    private const int PingsToMiss = 3;

    private readonly AuraWellFrameParser _parser = new(limits.Value.JsonDepth, limits.Value.AuraWell.MessageCharacters, extensions);

    public string Name => DialectName;

    public UserIdSource UserId => UserIdSource.Path;

    public ConnectionLimits Connections { get; } = new(PerUser: limits.Value.AuraWell.ConnectionsPerUser);

    /// <summary>Its clients give up after 100 frames of text, so small deltas travel together.</summary>
    public TextPacing Pacing { get; } = new(Late: true, Gather: TimeSpan.FromMilliseconds(20));

    public bool HasHeartbeat => true;

    public TimeSpan? PongTimeout { get; } = limits.Value.Heartbeat > TimeSpan.Zero ? limits.Value.Heartbeat * PingsToMiss : null;

    public IdleRule Idle { get; } = new(limits.Value.Idle, AnyFrame: false);

    public IReadOnlyDictionary<string, Type> MessageTypes { get; } = new Dictionary<string, Type>
    {
        ["health_chat"] = typeof(AuraWellChat),
        ["general_chat"] = typeof(AuraWellChat),
        ["switch_member"] = typeof(SwitchMemberRequest),
        ["get_status"] = typeof(SessionStatusRequest),
        ["pong"] = typeof(PongRequest),
    }.ToFrozenDictionary();

    public IDialectSession NewSession(SessionStart start) => new AuraWellSession(start, _parser);
}
