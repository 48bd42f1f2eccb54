using System.Text.Json;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects;

/// <summary>What the gateway has to say to a connection, whatever protocol it speaks. Dialects may add their own.</summary>
internal abstract record ServerEvent;

/// <summary>The connection is open.</summary>
internal sealed record Welcome(string ConnectionId, string UserId, TimeSpan Heartbeat) : ServerEvent;

/// <summary>The client has said nothing since the connection opened, for <see cref="IDialect.QuietAfter"/>.</summary>
internal sealed record StillQuiet : ServerEvent;

/// <summary>A frame has been read, before anything is done about it: for protocols that acknowledge.</summary>
internal sealed record Received(ClientFrame Frame) : ServerEvent;

/// <summary>It is time for a ping, in protocols that have them as frames. Comes every <c>Limits:Heartbeat</c>.</summary>
internal sealed record HeartbeatDue : ServerEvent;

/// <summary>
/// This connection sees a run from now on. Always the first word on a run.
/// </summary>
/// <param name="RunId">The run.</param>
/// <param name="ThreadId">Its conversation.</param>
/// <param name="RoomId">The room it belongs to, or null.</param>
/// <param name="Request">What this connection asked; null when somebody else asked, or it attaches.</param>
internal sealed record RunOpened(Guid RunId, string ThreadId, string? RoomId, RunRequest? Request) : ServerEvent;

/// <summary>A request is durable: the broker has confirmed it.</summary>
internal sealed record Accepted(Guid RunId, string ThreadId, string? TraceId) : ServerEvent;

/// <summary>The new credential is good.</summary>
/// <param name="ExpiresAt">Until when; null for ever.</param>
internal sealed record Authenticated(DateTimeOffset? ExpiresAt) : ServerEvent;

/// <summary>The answer to a ping.</summary>
internal sealed record Pong(string? Id) : ServerEvent;

/// <summary>What a tool that was called without a model returned; exactly one of result and error is there.</summary>
internal sealed record ToolCalled(string Name, JsonElement? Result, string? Error) : ServerEvent;

/// <summary>All that this connection had asked for is stopped: the answer to <see cref="CancelAllRequest"/>.</summary>
internal sealed record AllCancelled : ServerEvent;

/// <summary>Something a client asked cannot be done. The connection stays open.</summary>
/// <param name="Code">A member of <see cref="FaultCodes"/>.</param>
/// <param name="Message">For a person; no internals.</param>
/// <param name="Retryable">Whether the same request may succeed later.</param>
/// <param name="RunId">The run it is about, if any.</param>
internal record Fault(string Code, string Message, bool Retryable = false, Guid? RunId = null) : ServerEvent
{
    /// <summary>What was asked, when that is known.</summary>
    public ClientFrame? Request { get; init; }
}

/// <summary>The connection sees all runs of a thread from now on.</summary>
internal sealed record ThreadJoined(string ThreadId) : ServerEvent;

/// <summary>The connection sees runs of a thread no more, because it asked for that or has lost its place in a room.</summary>
internal sealed record ThreadLeft(string ThreadId) : ServerEvent;

/// <summary>Who is in a room that the connection has joined, for dialects that show it.</summary>
internal sealed record Presence(RoomMembers Room) : ServerEvent;

/// <summary>The connection is about to be closed; come back after a while.</summary>
internal sealed record Reconnect(TimeSpan After) : ServerEvent;

/// <summary>
/// Something that all requests need is away, or is back: answers pause and requests are refused until then. Not said of a spell too
/// short to notice.
/// </summary>
/// <param name="Reason">What is amiss, in one of a few words; null when nothing is.</param>
internal sealed record ServiceStatus(string? Reason) : ServerEvent
{
    public static readonly ServiceStatus Ok = new(Reason: null);

    /// <summary>The broker cannot be reached.</summary>
    public static readonly ServiceStatus BrokerUnavailable = new("broker_unavailable");

    /// <summary>The broker is there, and takes nothing for now.</summary>
    public static readonly ServiceStatus BrokerBlocked = new("broker_blocked");

    public bool IsDegraded => Reason is not null;
}

/// <summary>The connection is closed because its client has been idle: the last event there is.</summary>
internal sealed record IdleClose : ServerEvent;

/// <summary>A run says something. A session with an <see cref="IDialectSession.EncodeText"/> of its own gets pieces of text there instead.</summary>
internal sealed record RunOutput(Guid RunId, int Attempt, RunEvent Event) : ServerEvent;

/// <summary>Something said to many connections at once, for dialects that have such messages.</summary>
/// <param name="MessageId">The same for all who get it.</param>
/// <param name="Type">What kind of message, in the dialect's words.</param>
/// <param name="Content">What it says.</param>
/// <param name="RoomId">The room to which it is said; null when it is to a user or to everybody.</param>
internal sealed record Announcement(Guid MessageId, string Type, JsonElement Content, string? RoomId) : ServerEvent;

/// <summary>A frame as it stands, from an added kind of message.</summary>
internal sealed record VerbatimFrame(JsonElement Message) : ServerEvent;
