using System.Text.Json;
using System.Text.Json.Serialization;
using StreamChat.AgentWorker.Runs;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Tools;

namespace StreamChat.AgentWorker.Agents.Progress;

/// <summary>The event <see cref="CustomEvents.ToolProgress"/>.</summary>
internal static class ToolProgressEvent
{
    /// <summary>Tells those who watch the run, if they keep up with it; the next report says more.</summary>
    public static void Say(RunWriter writer, ToolProgressed progress)
    {
        var value = JsonSerializer.SerializeToElement(
            new ToolProgressValue(progress.ToolCallId, progress.Progress, progress.Total, progress.Message), ToolProgressJson.Default.ToolProgressValue);
        writer.AppendIfRoom(seq => new Custom { Seq = seq, Name = CustomEvents.ToolProgress, Value = value });
    }
}

/// <summary>Its value.</summary>
internal sealed record ToolProgressValue(string ToolCallId, double Progress, double? Total, string? Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ToolProgressValue))]
internal sealed partial class ToolProgressJson : JsonSerializerContext;
