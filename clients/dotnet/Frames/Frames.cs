using System.Text.Json;

namespace StreamChat.Client.Frames;

/// <summary>The first frame of a connection.</summary>
internal sealed record WelcomeFrame(string? ConnectionId, string? UserId, double? HeartbeatSeconds);

/// <summary>A request is safe with the server.</summary>
internal sealed record AcceptedFrame(Guid RunId, string? ThreadId, string? TraceId);

/// <summary>Something cannot be served.</summary>
internal sealed record ErrorFrame(string? Code, string? Message, bool Retryable, Guid? RunId, string? ThreadId);

/// <summary>The connection is about to be closed.</summary>
internal sealed record ReconnectFrame(double AfterMs);

/// <summary>A new token was taken.</summary>
internal sealed record AuthenticatedFrame(long? ExpiresAt);

/// <summary>A thread was joined.</summary>
internal sealed record JoinedFrame(string ThreadId);

/// <summary>A thread was left.</summary>
internal sealed record LeftFrame(string ThreadId);

/// <summary>A sign of life.</summary>
internal sealed record PongFrame(string? Id);

/// <summary>A request for a run.</summary>
internal sealed record RunFrame(
    string Type, Guid RunId, string? ThreadId, IReadOnlyList<InputMessage> Messages, IReadOnlyList<ClientTool>? Tools, JsonElement? Context,
    JsonElement? State, JsonElement? ForwardedProps, string? Agent, string? Model, string? Personality, string? WhenBusy, bool? UseTools);

/// <summary>A request to see a run.</summary>
internal sealed record AttachFrame(string Type, Guid RunId, string? ThreadId, int Attempt, long AfterSeq);

/// <summary>A request to stop a run.</summary>
internal sealed record CancelFrame(string Type, Guid RunId);

/// <summary>What a tool of the client's returned.</summary>
internal sealed record ToolResultFrame(string Type, Guid RunId, string ToolCallId, string Content, bool? IsError);

/// <summary>A request to see what happens in a thread; of runs that are gone on with where they stand, nothing from their start.</summary>
internal sealed record JoinFrame(string Type, string ThreadId, IReadOnlyList<Guid>? Except);

/// <summary>A request to see no more of what happens in a thread.</summary>
internal sealed record ThreadFrame(string Type, string ThreadId);

/// <summary>A new token.</summary>
internal sealed record AuthFrame(string Type, string Token);

/// <summary>A question for a sign of life.</summary>
internal sealed record PingFrame(string Type);
