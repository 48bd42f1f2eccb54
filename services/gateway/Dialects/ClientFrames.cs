using System.Text.Json;
using StreamChat.Contracts.Runs;

namespace StreamChat.Gateway.Dialects;

/// <summary>What a client asks, whatever protocol it speaks.</summary>
internal abstract record ClientFrame;

/// <summary>Start a run.</summary>
internal sealed record RunRequest : ClientFrame
{
    /// <summary>Chosen by the client, or null.</summary>
    public Guid? RunId { get; init; }

    /// <summary>The conversation, or null for a new one.</summary>
    public string? ThreadId { get; init; }

    public required IReadOnlyList<InputMessage> Messages { get; init; }

    public IReadOnlyList<ClientTool>? Tools { get; init; }

    public JsonElement? Context { get; init; }

    public JsonElement? State { get; init; }

    public JsonElement? ForwardedProps { get; init; }
}

/// <summary>Stop a run.</summary>
internal sealed record CancelRequest(Guid RunId) : ClientFrame;

/// <summary>Are you there?</summary>
internal sealed record PingRequest(string? Id) : ClientFrame;

/// <summary>A frame that cannot be served.</summary>
internal sealed record InvalidFrame(Fault Fault) : ClientFrame;
