using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Limits;

namespace StreamChat.Gateway.Dialects.AgentEngine;

/// <summary>The protocol of the agent engine: docs/protocols/agent-engine.md.</summary>
internal sealed class AgentEngineDialect(IOptions<LimitsOptions> limits, MessageExtensions extensions) : IDialect
{
    public const string DialectName = "agent-engine";

    private readonly AgentEngineFrameParser _parser = new(limits.Value.JsonDepth, limits.Value.MessageCharacters, extensions);

    public string Name => DialectName;

    public ConnectionLimits Connections { get; } = new(PerGateway: limits.Value.AgentEngine.Connections);

    public IReadOnlyDictionary<string, Type> MessageTypes { get; } = new Dictionary<string, Type>
    {
        ["ping"] = typeof(PingRequest),
        ["agent_query"] = typeof(AgentEngineQuery),
        ["streaming_query"] = typeof(AgentEngineQuery),
        ["tool_call"] = typeof(ToolCallRequest),
        ["cancel"] = typeof(CancelAllRequest),
    }.ToFrozenDictionary();

    public IDialectSession NewSession(SessionStart start) => new AgentEngineSession(start, _parser);
}
