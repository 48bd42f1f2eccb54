using System.Diagnostics;
using StreamChat.Contracts.Events;

namespace StreamChat.Gateway.Runs;

/// <summary>A connection as runs see it. Nothing here waits.</summary>
internal interface IRunListener
{
    /// <summary>The connection, <c>{gatewayId}.{n}</c>.</summary>
    string Id { get; }

    /// <summary>Whose it is.</summary>
    string UserId { get; }

    /// <summary>The span of its handshake.</summary>
    ActivityContext Handshake { get; }

    /// <summary>The runs it sees.</summary>
    ConnectionRuns Runs { get; }

    /// <summary>The broker has confirmed the request.</summary>
    void OnAccepted(Guid runId, string threadId, string? traceId);

    /// <summary>The request cannot be served.</summary>
    void OnRefused(Guid? runId, string code, string message, bool retryable);

    /// <summary>The run says something; in order, each once.</summary>
    void OnRunEvent(Guid runId, int attempt, RunEvent runEvent);
}
