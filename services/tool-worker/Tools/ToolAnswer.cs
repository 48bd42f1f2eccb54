using System.Text.Json;

namespace StreamChat.ToolWorker.Tools;

/// <summary>What a call came to.</summary>
/// <param name="Outcome">One of <see cref="ToolOutcomes"/>.</param>
/// <param name="Result">Any JSON; null if it failed.</param>
/// <param name="Error">Why it failed, for the model; null if it did not.</param>
internal sealed record ToolAnswer(string Outcome, JsonElement? Result, string? Error)
{
    /// <summary>What a model gets to read of a failure that was not meant for it.</summary>
    public const string FailedText = "The tool failed.";

    /// <summary>What it changed of the thread's context; null when nothing.</summary>
    public JsonElement? Patch { get; init; }

    public static ToolAnswer Failed(string outcome, string error) => new(outcome, null, error);
}
