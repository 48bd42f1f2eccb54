using System.Text.Json;
using System.Text.Json.Serialization;
using StreamChat.Contracts.Runs;
using StreamChat.Contracts.Threads;

namespace StreamChat.Gateway.Http;

/// <summary>A thread without its messages.</summary>
internal sealed record ThreadBody(
    [property: JsonPropertyName("threadId")] string ThreadId,
    [property: JsonPropertyName("title")] string? Title,
    [property: JsonPropertyName("agent")] string? Agent,
    [property: JsonPropertyName("whenBusy")] ThreadPolicy? WhenBusy,
    [property: JsonPropertyName("createdAt")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("updatedAt")] DateTimeOffset UpdatedAt)
{
    /// <summary>What is known of its user and situation; not in lists.</summary>
    [JsonPropertyName("context"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Context { get; init; }

    public static ThreadBody Of(ThreadSummary thread) =>
        new(thread.ThreadId, thread.Title, thread.Agent, thread.WhenBusy, thread.CreatedAt, thread.UpdatedAt) { Context = thread.Context };
}

/// <summary>Answer of <c>GET /api/v1/threads</c>.</summary>
/// <param name="Threads">The threads, the one used last first.</param>
/// <param name="Next">Goes into <c>after</c> for the next page; null when this is the last one.</param>
internal sealed record ThreadListBody(
    [property: JsonPropertyName("threads")] IReadOnlyList<ThreadBody> Threads, [property: JsonPropertyName("next")] string? Next);

/// <summary>One message of a thread. What does not apply is left out.</summary>
internal sealed record MessageBody(
    [property: JsonPropertyName("position")] long Position,
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("content")] string Content,
    [property: JsonPropertyName("createdAt")] DateTimeOffset CreatedAt)
{
    [JsonPropertyName("agent"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Agent { get; init; }

    /// <summary>An array of <c>{id, name, arguments}</c>.</summary>
    [JsonPropertyName("toolCalls"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? ToolCalls { get; init; }

    [JsonPropertyName("toolCallId"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ToolCallId { get; init; }

    [JsonPropertyName("runId"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? RunId { get; init; }

    /// <summary>The run was cancelled or failed before the message was complete.</summary>
    [JsonPropertyName("partial"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Partial { get; init; }

    public static MessageBody Of(ThreadMessage message) => new(message.Position, message.Id, message.Role, message.Content, message.CreatedAt)
    {
        Agent = message.Agent,
        ToolCalls = message.ToolCalls,
        ToolCallId = message.ToolCallId,
        RunId = message.RunId,
        Partial = message.Partial,
    };
}

/// <summary>Answer of <c>GET /api/v1/threads/{threadId}/messages</c>.</summary>
/// <param name="Thread">The thread.</param>
/// <param name="Messages">The messages, oldest first.</param>
/// <param name="Before">Goes into <c>before</c> for the page of older messages; null when there are none.</param>
internal sealed record ThreadPageBody(
    [property: JsonPropertyName("thread")] ThreadBody Thread,
    [property: JsonPropertyName("messages")] IReadOnlyList<MessageBody> Messages,
    [property: JsonPropertyName("before")] long? Before);

/// <summary>Body of <c>PATCH /api/v1/threads/{threadId}</c>. What is left out stays as it is.</summary>
/// <param name="Title">1 to 200 characters.</param>
/// <param name="WhenBusy">What becomes of a run that is asked for while another one is under way.</param>
internal sealed record ThreadChangeBody(
    [property: JsonPropertyName("title")] string? Title, [property: JsonPropertyName("whenBusy")] ThreadPolicy? WhenBusy);
