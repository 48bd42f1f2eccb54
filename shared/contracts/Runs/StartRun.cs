using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamChat.Contracts.Runs;

/// <summary>
/// Asks for a run: one request and all that answers it. Published persistent to the quorum queue <c>agent-runs</c> and
/// acknowledged by an agent-worker only when the run has ended, so that the death of a worker re-delivers it.
/// </summary>
public sealed record StartRun
{
    /// <summary>Id of the run, a UUID v7 chosen by the client or the gateway. The idempotency key: a second one starts nothing new.</summary>
    public required Guid RunId { get; init; }

    /// <summary>
    /// The conversation that the run belongs to, by its id among those of its owner (<see cref="RoomId"/>, else <see cref="UserId"/>); 1 to
    /// 512 characters. Made when it does not exist. Those that begin with <c>~</c>
    /// are named by gateways, the others by clients.
    /// </summary>
    public required string ThreadId { get; init; }

    /// <summary>Who asks; owner of the thread if the run makes it.</summary>
    public required string UserId { get; init; }

    /// <summary>The gateway to send run events to. Also the part before the dot of <see cref="ConnectionId"/>.</summary>
    public required string GatewayId { get; init; }

    /// <summary>The connection that asked, <c>{gatewayId}.{n}</c>.</summary>
    public required string ConnectionId { get; init; }

    /// <summary>The messages of the request, oldest first; the last one is the new one. A known thread needs only that.</summary>
    public required IReadOnlyList<InputMessage> Messages { get; init; }

    /// <summary>Tools that the client itself runs (AG-UI <c>tools</c>), or null.</summary>
    public IReadOnlyList<ClientTool>? Tools { get; init; }

    /// <summary>AG-UI <c>context</c>: what the client wants the agent to know, as sent; null if absent.</summary>
    public JsonElement? Context { get; init; }

    /// <summary>AG-UI <c>state</c> as sent; null if absent.</summary>
    public JsonElement? State { get; init; }

    /// <summary>AG-UI <c>forwardedProps</c> as sent; null if absent.</summary>
    public JsonElement? ForwardedProps { get; init; }

    /// <summary>The room that the run belongs to, which then owns the thread; null when the user does. The gateway has checked that the user is in it.</summary>
    public string? RoomId { get; init; }

    /// <summary>Name of the agent to begin with; null for the one that the thread is with. An unknown one fails the run.</summary>
    public string? Agent { get; init; }

    /// <summary>Id of the personality that the answer is to have; null for the agent's own. An unknown one is as none.</summary>
    public string? Personality { get; init; }

    /// <summary>Name of the model that is to answer, as announced; null for the agent's own. An unknown one fails the run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    /// <summary>What to do when the thread is busy with another run; null for what the thread was set to, or the default.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ThreadPolicy? WhenBusy { get; init; }

    /// <summary>False when the agent is to answer without any tools; hand-offs to other agents are kept.</summary>
    public bool UseTools { get; init; } = true;

    /// <summary>When the gateway read the request.</summary>
    public required DateTimeOffset RequestedAt { get; init; }
}

/// <summary>One message of a request or of a conversation.</summary>
public sealed record InputMessage
{
    /// <summary>Id given by the client, or null.</summary>
    public string? Id { get; init; }

    /// <summary>Who speaks: <c>user</c>, <c>assistant</c>, <c>system</c>, <c>developer</c> or <c>tool</c> (AG-UI roles).</summary>
    public required string Role { get; init; }

    /// <summary>The text; for role <c>tool</c> the result.</summary>
    public required string Content { get; init; }

    /// <summary>Pictures that belong to the text, in order; null when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<InputImage>? Images { get; init; }
}

/// <summary>A picture in a message: exactly one of <see cref="Data"/> and <see cref="Url"/> is there.</summary>
public sealed record InputImage
{
    /// <summary>The media type, such as <c>image/png</c>.</summary>
    public required string MediaType { get; init; }

    /// <summary>The picture itself, base64; or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Data { get; init; }

    /// <summary>Where the model's provider can fetch it, http or https; or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Url { get; init; }
}

/// <summary>A tool that runs at the client (AG-UI <c>Tool</c>).</summary>
public sealed record ClientTool
{
    /// <summary>Name the model calls it by.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, for the model.</summary>
    public required string Description { get; init; }

    /// <summary>JSON schema of the arguments.</summary>
    public JsonElement? Parameters { get; init; }
}
