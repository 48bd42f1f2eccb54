using System.Text.Json;

namespace StreamChat.AgentWorker.Models.Demo;

/// <summary>Single facts of the context that the model was told.</summary>
internal static class KnownContext
{
    /// <returns>A text of the context's top level; null when it is not there, or no text.</returns>
    public static string? Get(DemoConversation conversation, string name)
    {
        if (conversation.Context is not { } context)
        {
            return null;
        }

        try
        {
            var json = JsonElement.Parse(context);
            return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                && value.GetString()!.Trim() is { Length: > 0 } text
                    ? text
                    : null;
        }
        catch (JsonException)
        {
            // cut off, because it was too long
            return null;
        }
    }
}
