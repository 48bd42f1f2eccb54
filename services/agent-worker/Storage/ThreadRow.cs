using System.Text.Json;
using StreamChat.Contracts.Runs;
using StreamChat.Contracts.Threads;

namespace StreamChat.AgentWorker.Storage;

/// <summary>A row of <c>threads</c> as its owner sees it.</summary>
internal sealed class ThreadRow
{
    /// <summary>The row's key, by which messages and runs refer to it.</summary>
    public string Key { get; init; } = "";

    public string ThreadId { get; init; } = "";

    public string? Title { get; init; }

    public string? Agent { get; init; }

    public string? WhenBusy { get; init; }

    public string? Context { get; init; }

    public long CreatedAt { get; init; }

    public long UpdatedAt { get; init; }

    /// <summary>How the user's first message begins.</summary>
    public string? Opening { get; init; }

    public ThreadSummary ToSummary() => new()
    {
        ThreadId = ThreadId,
        Title = Title ?? ThreadTitle.Of(Opening),
        Agent = Agent,
        WhenBusy = WhenBusy is null ? null : Enum.Parse<ThreadPolicy>(WhenBusy),
        Context = Context is null ? null : JsonElement.Parse(Context),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
        UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(UpdatedAt),
    };
}

/// <summary>A row of <c>messages</c> on a page of its thread.</summary>
internal sealed class PageRow
{
    public long Position { get; init; }

    public string MessageId { get; init; } = "";

    public string Role { get; init; } = "";

    public string Content { get; init; } = "";

    public string? ToolCalls { get; init; }

    public string? ToolCallId { get; init; }

    public string? RunId { get; init; }

    public string? Agent { get; init; }

    public bool Partial { get; init; }

    public long CreatedAt { get; init; }

    /// <summary>How many messages there were to make the page of.</summary>
    public long Found { get; init; }

    public ThreadMessage ToMessage() => new()
    {
        Position = Position,
        Id = MessageId,
        Role = Role,
        Content = Content,
        Agent = Agent,
        ToolCalls = ToolCalls is null ? null : JsonElement.Parse(ToolCalls),
        ToolCallId = ToolCallId,
        RunId = RunId is null ? null : Guid.Parse(RunId),
        Partial = Partial,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
    };
}
