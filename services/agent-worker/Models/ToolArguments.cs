using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace StreamChat.AgentWorker.Models;

/// <summary>The arguments of a model's tool call as JSON.</summary>
internal static class ToolArguments
{
    private static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions)
    {
        WriteIndented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The arguments as a JSON object; an empty one when there are none.</summary>
    public static JsonElement ToJson(FunctionCallContent call) =>
        JsonSerializer.SerializeToElement(call.Arguments ?? new Dictionary<string, object?>(), Compact);
}
