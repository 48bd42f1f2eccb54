using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamChat.Contracts.Events;

/// <summary>The run, or a new attempt of it, begins. Always the first event of an attempt.</summary>
public sealed record RunStarted : RunEvent
{
    /// <summary>The conversation.</summary>
    public required string ThreadId { get; init; }

    /// <summary>The trace of the whole request, 32 hex digits; null when tracing is off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }

    /// <summary>
    /// On an attempt after the first: how much of what earlier attempts showed still stands, in messages. Everything after it is to
    /// be dropped, for it is said anew. Null on the first attempt.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? KeepMessages { get; init; }
}

/// <summary>The run ended well. The last event of a run, as is <see cref="RunError"/>.</summary>
public sealed record RunFinished : RunEvent
{
    /// <summary>The conversation.</summary>
    public required string ThreadId { get; init; }

    /// <summary>
    /// Who answered and what it took: <c>{provider, model, agent, finishReason?, inputTokens?, outputTokens?}</c>, of the last model that
    /// was asked, tokens summed up over the run; null if no model was.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Result { get; init; }
}

/// <summary>The run failed or was cancelled (<see cref="Code"/> <c>cancelled</c>). The last event of a run.</summary>
public sealed record RunError : RunEvent
{
    /// <summary>What happened, for a person, without internals.</summary>
    public required string Message { get; init; }

    /// <summary>What happened, for a program: a member of <see cref="RunErrorCodes"/>.</summary>
    public required string Code { get; init; }
}

/// <summary>The codes of <see cref="RunError"/>: a closed list.</summary>
public static class RunErrorCodes
{
    /// <summary>Stopped because its user asked so.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The run belongs to somebody else.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>The request names something that does not exist, such as an agent.</summary>
    public const string NotFound = "not_found";

    /// <summary>The thread is busy with another run and takes no second one.</summary>
    public const string Conflict = "conflict";

    /// <summary>The model or its provider failed.</summary>
    public const string ModelError = "model_error";

    /// <summary>The model's provider takes no more requests for now; asking again later helps.</summary>
    public const string ModelRateLimited = "model_rate_limited";

    /// <summary>The conversation is longer than the model takes.</summary>
    public const string ContextTooLong = "context_too_long";

    /// <summary>The model's provider refuses our key; only the operator can help.</summary>
    public const string ModelUnauthorized = "model_unauthorized";

    /// <summary>The model's provider refuses what was said or asked.</summary>
    public const string ContentFiltered = "content_filtered";

    /// <summary>The model did not begin to answer, or fell silent in the middle, for too long.</summary>
    public const string ModelTimeout = "model_timeout";

    /// <summary>A limit of the run (time, tool rounds) was reached.</summary>
    public const string LimitReached = "limit_reached";

    /// <summary>The owner of the thread has reached a storage quota. Retrying helps only after something has been deleted.</summary>
    public const string QuotaExceeded = "quota_exceeded";

    /// <summary>Something that the run needs cannot be had now; asking again may help.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>A fault of ours.</summary>
    public const string Internal = "internal";
}

/// <summary>An agent takes over.</summary>
public sealed record StepStarted : RunEvent
{
    /// <summary>Name of the agent.</summary>
    public required string StepName { get; init; }
}

/// <summary>The agent is done.</summary>
public sealed record StepFinished : RunEvent
{
    /// <summary>Name of the agent.</summary>
    public required string StepName { get; init; }
}
