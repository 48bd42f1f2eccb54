using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using TextContent = Microsoft.Extensions.AI.TextContent;

namespace StreamChat.AgentWorker.Models.Providers.SemanticKernel;

/// <summary>What a chat service of Semantic Kernel streams, as updates of a client.</summary>
internal sealed class ChatServiceReply(ToolCallPieces calls)
{
    // connectors give the provider's own object
    private static readonly string[] InputNames = ["InputTokenCount", "InputTokens", "PromptTokens", "PromptTokenCount"];
    private static readonly string[] OutputNames = ["OutputTokenCount", "OutputTokens", "CompletionTokens", "CandidatesTokenCount"];

    private UsageDetails? _usage;
    private ChatFinishReason? _finish;
    private bool _hasCalls;

    /// <summary>Reads the next piece.</summary>
    /// <returns>Null when it has nothing for the user.</returns>
    public ChatResponseUpdate? Read(StreamingChatMessageContent piece)
    {
        // a service that is asked for one choice numbers it 0
        if (piece.ChoiceIndex != 0)
        {
            return null;
        }

        List<AIContent> contents = [];
        foreach (var item in piece.Items)
        {
            switch (item)
            {
                case StreamingTextContent { Text.Length: > 0 } text:
                    contents.Add(new TextContent(text.Text));
                    break;
#pragma warning disable SKEXP0110 // experimental: reasoning, which no other type of Semantic Kernel carries
                case StreamingReasoningContent { Text.Length: > 0 } reasoning:
                    contents.Add(new TextReasoningContent(reasoning.Text));
                    break;
#pragma warning restore SKEXP0110
                case StreamingFunctionCallUpdateContent call:
                    _hasCalls = true;
                    if (calls.Add(call.FunctionCallIndex, call.CallId, call.Name is { Length: > 0 } name ? name : null, call.Arguments ?? "") is { } delta)
                    {
                        contents.Add(delta);
                    }

                    break;
            }
        }

        _finish = Finish(piece.Metadata) ?? _finish;
        _usage = Usage(piece.Metadata) ?? _usage;
        return contents.Count == 0 ? null : new ChatResponseUpdate { Role = ChatRole.Assistant, Contents = contents, ModelId = piece.ModelId };
    }

    /// <summary>The end of the reply: its calls, whole, how it ended, and its usage.</summary>
    public ChatResponseUpdate End()
    {
        List<AIContent> contents = [.. calls.Complete()];
        if (_usage is not null)
        {
            contents.Add(new UsageContent(_usage));
        }

        return new ChatResponseUpdate
        {
            Role = ChatRole.Assistant,
            Contents = contents,
            FinishReason = _finish ?? (_hasCalls ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop),
        };
    }

    private static ChatFinishReason? Finish(IReadOnlyDictionary<string, object?>? metadata) =>
        metadata?.GetValueOrDefault("FinishReason")?.ToString()?.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant() switch
        {
            null or "" => null,
            "LENGTH" or "MAXTOKENS" => ChatFinishReason.Length,
            "CONTENTFILTER" or "CONTENTFILTERED" or "SAFETY" => ChatFinishReason.ContentFilter,
            "TOOLCALLS" or "TOOLUSE" or "FUNCTIONCALL" => ChatFinishReason.ToolCalls,
            _ => ChatFinishReason.Stop,
        };

    private static UsageDetails? Usage(IReadOnlyDictionary<string, object?>? metadata)
    {
        // Google's connector has the counts in the metadata itself
        var found = metadata?.GetValueOrDefault("Usage") is { } usage
            ? (Input: Count(usage, InputNames), Output: Count(usage, OutputNames))
            : (Input: Count(metadata, InputNames), Output: Count(metadata, OutputNames));
        return found is { Input: null, Output: null }
            ? null
            : new UsageDetails { InputTokenCount = found.Input, OutputTokenCount = found.Output, TotalTokenCount = found.Input + found.Output };
    }

    private static long? Count(object? source, string[] names)
    {
        foreach (var name in names)
        {
            var value = source is IReadOnlyDictionary<string, object?> dictionary && dictionary.TryGetValue(name, out var entry)
                ? entry
                : source?.GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance)?.GetValue(source);
            if (value is int or long or uint)
            {
                return Convert.ToInt64(value, CultureInfo.InvariantCulture);
            }
        }

        return null;
    }
}
