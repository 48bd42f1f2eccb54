using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamChat.Client;

/// <summary>What is asked for.</summary>
public sealed record RunRequest
{
    /// <summary>The id: asked for twice, a run is started once. Left out, the client chooses one.</summary>
    public Guid? RunId { get; init; }

    /// <summary>The conversation; left out, a new one begins.</summary>
    public string? ThreadId { get; init; }

    /// <summary>What is said; the last one is the new one, and a thread that the server knows needs only that.</summary>
    public required IReadOnlyList<InputMessage> Messages { get; init; }

    /// <summary>Tools of the client's own, answered by <see cref="ChatRun.AnswerTool"/>.</summary>
    public IReadOnlyList<ClientTool>? Tools { get; init; }

    /// <summary>What the agents are to consider, any JSON.</summary>
    public JsonElement? Context { get; init; }

    /// <summary>The client's view of what is known of the thread, an object.</summary>
    public JsonElement? State { get; init; }

    /// <summary>Passed on as it is.</summary>
    public JsonElement? ForwardedProps { get; init; }

    /// <summary>Who is to answer.</summary>
    public string? Agent { get; init; }

    /// <summary>With which model.</summary>
    public string? Model { get; init; }

    /// <summary>In which manner.</summary>
    public string? Personality { get; init; }

    /// <summary>What happens while the thread has another run: <c>enqueue</c>, <c>reject</c> or <c>interrupt</c>.</summary>
    public string? WhenBusy { get; init; }

    /// <summary>False keeps the agents from tools.</summary>
    public bool? UseTools { get; init; }

    /// <summary>A request of one message of the user.</summary>
    /// <param name="text">What is said.</param>
    /// <param name="threadId">The conversation; left out, a new one begins.</param>
    public static RunRequest Of(string text, string? threadId = null) =>
        new() { ThreadId = threadId, Messages = [new InputMessage { Role = "user", Content = text }] };
}

/// <summary>One message of a conversation.</summary>
public sealed record InputMessage
{
    /// <summary>Its id, if it has one.</summary>
    public string? Id { get; init; }

    /// <summary><c>user</c>, <c>assistant</c>, <c>system</c> or <c>tool</c>.</summary>
    public required string Role { get; init; }

    /// <summary>What is said.</summary>
    public string? Content { get; init; }

    /// <summary>Pictures of a user's message.</summary>
    public IReadOnlyList<InputImage>? Images { get; init; }
}

/// <summary>A picture, as its data or by its address.</summary>
public sealed record InputImage
{
    /// <summary>Begins with <c>image/</c>.</summary>
    public required string MediaType { get; init; }

    /// <summary>The picture itself, base64.</summary>
    public string? Data { get; init; }

    /// <summary>Where it is to be had.</summary>
    [JsonPropertyName("url")]
    public Uri? Address { get; init; }
}

/// <summary>A tool of the client's own.</summary>
public sealed record ClientTool
{
    /// <summary>Its name: letters a to z, digits, hyphens and underscores.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, for the model.</summary>
    public string? Description { get; init; }

    /// <summary>A JSON schema.</summary>
    public JsonElement? Parameters { get; init; }
}
