using System.Text.Json;
using StreamChat.Contracts.Runs;

namespace StreamChat.Gateway.Dialects;

/// <summary>What a client asks, whatever protocol it speaks.</summary>
internal abstract record ClientFrame
{
    /// <summary>
    /// True for what costs work, is counted against the limits and, in a protocol without request ids, waits its turn. The others
    /// are answered at once, also in the middle of an answer.
    /// </summary>
    public virtual bool IsTurn => false;
}

/// <summary>Start a run.</summary>
internal record RunRequest : ClientFrame
{
    public override bool IsTurn => true;

    /// <summary>Chosen by the client, or null.</summary>
    public Guid? RunId { get; init; }

    /// <summary>The conversation, or null for a new one. See <see cref="ThreadIds"/>.</summary>
    public virtual string? ThreadId { get; init; }

    /// <summary>The room whose conversation it is, or null.</summary>
    public string? RoomId { get; init; }

    public required IReadOnlyList<InputMessage> Messages { get; init; }

    public IReadOnlyList<ClientTool>? Tools { get; init; }

    public JsonElement? Context { get; init; }

    public JsonElement? State { get; init; }

    public JsonElement? ForwardedProps { get; init; }

    /// <summary>The agent to begin with, or null for the one that the conversation is with.</summary>
    public string? Agent { get; init; }

    /// <summary>Name of the model that is to answer, or null for the agent's own.</summary>
    public string? Model { get; init; }

    /// <summary>Id of a personality, or null.</summary>
    public string? Personality { get; init; }

    /// <summary>What to do while the conversation is busy, or null for what it was set to.</summary>
    public ThreadPolicy? WhenBusy { get; init; }

    /// <summary>Whether tools may be called.</summary>
    public bool UseTools { get; init; } = true;

    /// <summary>The same request without what may be large.</summary>
    public RunRequest WithoutContent() => this with { Messages = [], Tools = null, Context = null, State = null, ForwardedProps = null };
}

/// <summary>Stop a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="ThreadId">The joined thread that it belongs to, when somebody else asked for it and this connection does not see it.</param>
internal sealed record CancelRequest(Guid RunId, string? ThreadId = null) : ClientFrame;

/// <summary>What one of the client's own tools returned.</summary>
/// <param name="RunId">The run that waits for it.</param>
/// <param name="ToolCallId">The call.</param>
/// <param name="Content">What the tool returned, or why it failed.</param>
/// <param name="IsError">Whether it failed.</param>
internal sealed record ToolResultRequest(Guid RunId, string ToolCallId, string Content, bool IsError) : ClientFrame
{
    public override bool IsTurn => true;
}

/// <summary>Stop all that this connection asked for, in a protocol that serves requests one after the other.</summary>
internal sealed record CancelAllRequest : ClientFrame;

/// <summary>See a run from a position on.</summary>
/// <param name="RunId">The run.</param>
/// <param name="ThreadId">The joined thread that it belongs to; null for a run of one's own.</param>
/// <param name="Attempt">The attempt that was seen.</param>
/// <param name="AfterSeq">The last event of it that was seen.</param>
internal sealed record AttachRequest(Guid RunId, string? ThreadId, int Attempt, long AfterSeq) : ClientFrame
{
    public override bool IsTurn => true;
}

/// <summary>See all runs of a thread.</summary>
internal sealed record JoinRequest(string ThreadId) : ClientFrame
{
    /// <summary>Those under way that are not to be shown from their start: the client comes back and attaches to them where it stood.</summary>
    public IReadOnlyList<Guid>? Except { get; init; }

    public override bool IsTurn => true;
}

/// <summary>See them no more.</summary>
internal sealed record LeaveRequest(string ThreadId) : ClientFrame
{
    public override bool IsTurn => true;
}

/// <summary>Are you there?</summary>
internal sealed record PingRequest(string? Id) : ClientFrame;

/// <summary>I am here: the answer to a ping of ours, or a heartbeat that wants none.</summary>
internal sealed record PongRequest : ClientFrame;

/// <summary>Call a tool, without any model.</summary>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">A JSON object.</param>
internal sealed record ToolCallRequest(string Name, JsonElement Arguments) : ClientFrame
{
    public override bool IsTurn => true;
}

/// <summary>A new credential for a connection that lives longer than the one it came with.</summary>
internal sealed record AuthRequest(string Token) : ClientFrame
{
    // a record would print it
    public override string ToString() => nameof(AuthRequest);
}

/// <summary>A kind of message that somebody has added to a dialect: see <see cref="MessageExtensions"/>.</summary>
internal sealed record ExtensionRequest(string Type, JsonElement Message) : ClientFrame
{
    public override bool IsTurn => true;
}

/// <summary>Something that only a server may say, and that is not answered.</summary>
internal sealed record IgnoredFrame(string Type) : ClientFrame;

/// <summary>A frame that cannot be served.</summary>
/// <param name="Fault">The answer.</param>
/// <param name="WellFormed">True when its form is right and only what it asks is wrong.</param>
internal sealed record InvalidFrame(Fault Fault, bool WellFormed = false) : ClientFrame;
