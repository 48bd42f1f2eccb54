using StreamChat.Contracts.Events;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects;

/// <summary>What the gateway has to say to a connection, whatever protocol it speaks.</summary>
internal abstract record ServerEvent;

/// <summary>The connection is open.</summary>
internal sealed record Welcome(string ConnectionId, string UserId, TimeSpan Heartbeat) : ServerEvent;

/// <summary>A request is durable: the broker has confirmed it.</summary>
internal sealed record Accepted(Guid RunId, string ThreadId, string? TraceId) : ServerEvent;

/// <summary>The answer to a ping.</summary>
internal sealed record Pong(string? Id, DateTimeOffset Now) : ServerEvent;

/// <summary>Something a client asked cannot be done. The connection stays open.</summary>
/// <param name="Code">A member of <see cref="FaultCodes"/>.</param>
/// <param name="Message">For a person; no internals.</param>
/// <param name="Retryable">Whether the same request may succeed later.</param>
/// <param name="RunId">The run it is about, if any.</param>
internal sealed record Fault(string Code, string Message, bool Retryable = false, Guid? RunId = null) : ServerEvent;

/// <summary>The connection is about to be closed; come back after a while.</summary>
internal sealed record Reconnect(TimeSpan After) : ServerEvent;

/// <summary>A run says something.</summary>
internal sealed record RunOutput(Guid RunId, int Attempt, RunEvent Event) : ServerEvent;
