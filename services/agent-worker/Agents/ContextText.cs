using System.Text.Encodings.Web;
using System.Text.Json;

namespace StreamChat.AgentWorker.Agents;

/// <summary>The context of a request as the model reads it.</summary>
internal static class ContextText
{
    private const string CutOff = "…";

    private static readonly JsonSerializerOptions OneLine = new() { WriteIndented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The JSON on one line, cut off after so many characters; null when it says nothing.</summary>
    public static string? Of(JsonElement? context, int maxChars)
    {
        if (context is not { } json || IsEmpty(json))
        {
            return null;
        }

        var text = JsonSerializer.Serialize(json, OneLine);
        if (text.Length <= maxChars)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[maxChars - 1]) ? maxChars - 1 : maxChars;
        return text[..end] + CutOff;
    }

    private static bool IsEmpty(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => true,
        JsonValueKind.Object => json.GetPropertyCount() == 0,
        JsonValueKind.Array => json.GetArrayLength() == 0,
        JsonValueKind.String => json.GetString()!.Length == 0,
        _ => false,
    };
}
