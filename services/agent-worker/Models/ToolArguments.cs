using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using FunctionCallContent = Microsoft.Extensions.AI.FunctionCallContent;

namespace StreamChat.AgentWorker.Models;

/// <summary>The arguments of a model's tool call, and the result that answers it, in the forms that others take.</summary>
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

    /// <summary>The arguments as Semantic Kernel takes them. Of names that differ only in case, which are one to it, the last counts.</summary>
    public static KernelArguments ToKernel(FunctionCallContent call)
    {
        KernelArguments arguments = [];
        foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>())
        {
            arguments[name] = value;
        }

        return arguments;
    }

    /// <summary>A tool's result as providers take it: a text as it is, anything else as its JSON.</summary>
    public static string ResultText(object? result) => result switch
    {
        null => "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        JsonElement json => json.GetRawText(),
        _ => JsonSerializer.Serialize(result, AIJsonUtilities.DefaultOptions),
    };
}
