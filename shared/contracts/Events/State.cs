using System.Text.Json;
using StreamChat.Contracts.Runs;

namespace StreamChat.Contracts.Events;

/// <summary>The whole shared state of the thread.</summary>
public sealed record StateSnapshot : RunEvent
{
    /// <summary>The state.</summary>
    public required JsonElement Snapshot { get; init; }
}

/// <summary>A change of the shared state.</summary>
public sealed record StateDelta : RunEvent
{
    /// <summary>JSON Patch operations (RFC 6902).</summary>
    public required JsonElement Delta { get; init; }
}

/// <summary>The messages of the conversation as they stand; sent instead of a replay when the log is gone.</summary>
public sealed record MessagesSnapshot : RunEvent
{
    /// <summary>The messages, oldest first.</summary>
    public required IReadOnlyList<InputMessage> Messages { get; init; }
}

/// <summary>Anything that AG-UI has no event for.</summary>
public sealed record Custom : RunEvent
{
    /// <summary>What it is.</summary>
    public required string Name { get; init; }

    /// <summary>Its value.</summary>
    public required JsonElement Value { get; init; }
}
