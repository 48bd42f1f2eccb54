namespace StreamChat.Gateway.Dialects.AgentEngine;

/// <summary>A question to the agents.</summary>
internal sealed record AgentEngineQuery : RunRequest
{
    /// <summary>True when the answer is to come piece by piece, false when as one.</summary>
    public required bool IsStreaming { get; init; }

    /// <summary>What its errors begin with.</summary>
    public string Failed => IsStreaming ? "Streaming failed" : "Query failed";
}
