using System.Text.Json;
using Microsoft.Extensions.AI;

namespace StreamChat.AgentWorker.Models;

/// <summary>The arguments of a model's tool call as JSON.</summary>
internal static class ToolArguments
{
    /// <summary>The arguments as a JSON object; an empty one when there are none.</summary>
    public static JsonElement ToJson(FunctionCallContent call) =>
        JsonSerializer.SerializeToElement(call.Arguments ?? new Dictionary<string, object?>(), AIJsonUtilities.DefaultOptions);
}
