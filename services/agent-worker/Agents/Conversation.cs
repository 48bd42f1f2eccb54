using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Runs;

namespace StreamChat.AgentWorker.Agents;

/// <summary>Between the stored form of a conversation and the model's.</summary>
internal static class Conversation
{
    /// <summary>The stored messages as the model takes them.</summary>
    public static IEnumerable<ChatMessage> ToModel(IEnumerable<StoredMessage> messages)
    {
        // a call whose result is missing (the run was stopped) would be refused by most providers
        var stored = messages.ToList();
        var answered = stored.Where(m => m.ToolCallId is not null).Select(m => m.ToolCallId!).ToHashSet(StringComparer.Ordinal);
        HashSet<string> called = new(StringComparer.Ordinal);
        foreach (var message in stored)
        {
            if (message.ToolCallId is { } callId)
            {
                if (called.Contains(callId))
                {
                    yield return new ChatMessage(ChatRole.Tool, [new FunctionResultContent(callId, message.Content)]) { MessageId = message.MessageId };
                }

                continue;
            }

            List<AIContent> contents = [];
            if (message.Content.Length > 0)
            {
                contents.Add(new TextContent(message.Content));
            }

            contents.AddRange(ToModel(message.Images));
            contents.AddRange(Calls(message.ToolCalls).Where(c => answered.Contains(c.CallId) && called.Add(c.CallId)));

            if (contents.Count > 0)
            {
                yield return new ChatMessage(Role(message.Role), contents) { MessageId = message.MessageId };
            }
        }
    }

    /// <summary>The tool calls that are stored with one message.</summary>
    public static IEnumerable<FunctionCallContent> Calls(string? stored) =>
        (stored is null ? [] : JsonSerializer.Deserialize(stored, ConversationJson.Default.StoredToolCallArray) ?? []).Select(call =>
            new FunctionCallContent(call.Id, call.Name, call.Arguments.EnumerateObject().ToDictionary(p => p.Name, object? (p) => p.Value)));

    /// <summary>The tool calls of one message, as stored with it.</summary>
    public static string? ToStored(IReadOnlyList<FunctionCallContent> calls) => calls.Count == 0
        ? null
        : JsonSerializer.Serialize(
            calls.Select(c => new StoredToolCall(c.CallId, c.Name, ToolArguments.ToJson(c))).ToArray(),
            ConversationJson.Default.StoredToolCallArray);

    /// <summary>The pictures of one message, as stored with it.</summary>
    public static string? ToStored(IReadOnlyList<InputImage>? images) => images is null or [] ? null
        : JsonSerializer.Serialize([.. images], ConversationJson.Default.InputImageArray);

    private static IEnumerable<AIContent> ToModel(string? images) =>
        (images is null ? [] : JsonSerializer.Deserialize(images, ConversationJson.Default.InputImageArray) ?? []).Select(AIContent (image) => image.Url is { } url
            ? new UriContent(url, image.MediaType)
            : new DataContent(Convert.FromBase64String(image.Data!), image.MediaType));

    private static ChatRole Role(string role) => role switch
    {
        "assistant" => ChatRole.Assistant,
        "system" or "developer" => ChatRole.System,
        _ => ChatRole.User,
    };

    internal sealed record StoredToolCall(string Id, string Name, JsonElement Arguments);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Conversation.StoredToolCall[]))]
[JsonSerializable(typeof(InputImage[]))]
[JsonSerializable(typeof(HandOffValue))]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(string))]
internal sealed partial class ConversationJson : JsonSerializerContext;
