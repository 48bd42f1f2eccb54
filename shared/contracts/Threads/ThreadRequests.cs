using System.Text.Json.Serialization;
using StreamChat.Contracts.Runs;

namespace StreamChat.Contracts.Threads;

/// <summary>Asks for one page of a user's own threads, the one used last first; answered by <see cref="ThreadList"/>.</summary>
public sealed record ListThreads
{
    /// <summary>Whose.</summary>
    public required string UserId { get; init; }

    /// <summary>What <see cref="ThreadList.Next"/> of the page before said; null for the first page.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? After { get; init; }

    /// <summary>How many at most, 1 to 100.</summary>
    public required int Limit { get; init; }
}

/// <summary>One page of threads.</summary>
public sealed record ThreadList
{
    /// <summary>What became of the request.</summary>
    public required ThreadStatus Status { get; init; }

    /// <summary>The threads; empty unless <see cref="ThreadStatus.Ok"/>.</summary>
    public required IReadOnlyList<ThreadSummary> Threads { get; init; }

    /// <summary>Asks for the next page; null when this is the last one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Next { get; init; }
}

/// <summary>Asks for one page of a thread's messages, oldest first; answered by <see cref="ThreadPage"/>.</summary>
public sealed record ReadThread
{
    /// <summary>Who asks. Only the owner is served.</summary>
    public required string UserId { get; init; }

    /// <summary>The thread.</summary>
    public required string ThreadId { get; init; }

    /// <summary>Only messages at positions below; null for the newest ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Before { get; init; }

    /// <summary>Instead: only messages at positions above, the oldest of them. For who reads all of it from its beginning, 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? After { get; init; }

    /// <summary>How many at most, 1 to 200. A page also ends at 512 KiB of text, after one message at least.</summary>
    public required int Limit { get; init; }
}

/// <summary>One page of a thread.</summary>
public sealed record ThreadPage
{
    /// <summary>What became of the request.</summary>
    public required ThreadStatus Status { get; init; }

    /// <summary>The thread; null unless <see cref="ThreadStatus.Ok"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ThreadSummary? Thread { get; init; }

    /// <summary>The messages, oldest first.</summary>
    public IReadOnlyList<ThreadMessage> Messages { get; init => field = value ?? []; } = [];

    /// <summary>Asks for the page of older messages before this one; null when there are none, and on pages read with <see cref="ReadThread.After"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Before { get; init; }
}

/// <summary>Changes a thread; answered by <see cref="ThreadAnswer"/>. What is null stays as it is.</summary>
public sealed record ChangeThread
{
    /// <summary>Who asks. Only the owner is obeyed.</summary>
    public required string UserId { get; init; }

    /// <summary>The thread.</summary>
    public required string ThreadId { get; init; }

    /// <summary>Its new title, 1 to 200 characters.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Title { get; init; }

    /// <summary>What becomes of a run that is asked for while another one is under way.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ThreadPolicy? WhenBusy { get; init; }
}

/// <summary>Removes a thread, its messages and the outcomes of its runs for good; answered by <see cref="ThreadAnswer"/>.</summary>
public sealed record DeleteThread
{
    /// <summary>Who asks. Only the owner is obeyed.</summary>
    public required string UserId { get; init; }

    /// <summary>The thread.</summary>
    public required string ThreadId { get; init; }
}

/// <summary>The answer to a change.</summary>
public sealed record ThreadAnswer
{
    /// <summary>What became of the request.</summary>
    public required ThreadStatus Status { get; init; }

    /// <summary>The thread as it is now; null when it is gone or the request was refused.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ThreadSummary? Thread { get; init; }
}

/// <summary>Asks which runs of a thread have not ended; answered by <see cref="ThreadRuns"/>. For who joins in the middle.</summary>
public sealed record ListThreadRuns
{
    /// <summary>Who asks.</summary>
    public required string UserId { get; init; }

    /// <summary>The thread.</summary>
    public required string ThreadId { get; init; }

    /// <summary>The room that owns it, which the gateway found this user in; null when it is the user's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RoomId { get; init; }
}

/// <summary>The answer to <see cref="ListThreadRuns"/>.</summary>
public sealed record ThreadRuns
{
    /// <summary>What became of the request. A thread that there is not, or that is somebody else's, has no runs.</summary>
    public required ThreadStatus Status { get; init; }

    /// <summary>The runs in the order in which they take turns, 64 at most.</summary>
    public required IReadOnlyList<RunAnnounced> Runs { get; init; }
}
