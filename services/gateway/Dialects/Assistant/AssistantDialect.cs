using Microsoft.Extensions.Options;
using StreamChat.Gateway.Agents;

namespace StreamChat.Gateway.Dialects.Assistant;

/// <summary>The protocol of the personal daily assistant: docs/protocols/assistant.md.</summary>
internal sealed class AssistantDialect(IOptions<LimitsOptions> limits, MessageExtensions extensions, IAgentDirectory agents) : IDialect
{
    public const string DialectName = "assistant";

    private readonly AssistantFrameParser _parser = new(limits.Value.JsonDepth, limits.Value.MessageCharacters, extensions);

    public string Name => DialectName;

    public UserIdSource UserId => UserIdSource.RequiredQuery;

    /// <summary>Each frame says all that was said before it: a long answer would cost more for each word, and so it has fewer frames.</summary>
    public TextPacing Pacing { get; } = new(Late: true, Gather: TimeSpan.Zero, BytesPerSecond: 256 * 1024);

    public bool HasHeartbeat => true;

    public bool TakesBroadcasts => true;

    // who never answers is not cut off, for none of the known clients does
    public TimeSpan? PongTimeout => limits.Value.PongTimeout;

    public IReadOnlyDictionary<string, Type> MessageTypes => AssistantFrameParser.Types;

    public IDialectSession NewSession(SessionStart start) =>
        new AssistantSession(new AssistantState(start), _parser, agents, limits.Value.JsonDepth, start.Ids);
}
