using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Limits;

namespace StreamChat.Gateway.Dialects.YYChat;

/// <summary>The protocol of YYChat's clients: docs/protocols/yychat.md.</summary>
internal sealed class YYChatDialect(IOptions<YYChatOptions> options, IOptions<LimitsOptions> limits, MessageExtensions extensions) : IDialect
{
    public const string DialectName = "yychat";

    private readonly YYChatFrameParser _parser = new(limits.Value.JsonDepth, limits.Value.MessageCharacters, extensions);

    public string Name => DialectName;

    public ConnectionLimits Connections { get; } = new(PerGateway: options.Value.Connections);

    // the client may show by its first frame that it speaks; one that waits for us to begin is greeted after this long
    public TimeSpan? QuietAfter { get; } = TimeSpan.FromMilliseconds(250);

    public IdleRule Idle { get; } = new(options.Value.Idle, AnyFrame: true);

    public IReadOnlyDictionary<string, Type> MessageTypes { get; } = new Dictionary<string, Type>
    {
        ["heartbeat"] = typeof(HeartbeatRequest),
        ["ping"] = typeof(PingRequest),
        ["get_status"] = typeof(StatusRequest),
        ["text_message"] = typeof(TextMessageRequest),
    }.ToFrozenDictionary();

    public IDialectSession NewSession(SessionStart start) => NewChat(start);

    /// <inheritdoc cref="NewSession"/>
    public YYChatSession NewChat(SessionStart start) => new(this, _parser, options.Value.Connections, start);
}
