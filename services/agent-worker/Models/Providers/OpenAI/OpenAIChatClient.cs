using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using StreamChat.Contracts.Events;
using StreamChat.Hosting.Identity;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace StreamChat.AgentWorker.Models.Providers.OpenAI;

/// <summary>
/// Any endpoint that speaks the chat completions of OpenAI, asked through the official client. The stream is read as it comes and not
/// through the client's own types, which refuse what others add to the protocol and hide how they say that they failed.
/// </summary>
internal sealed class OpenAIChatClient(ChatClient client, OpenAIOptions own, ChatClientMetadata metadata, IIdGenerator ids) : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> conversation = [.. messages];
        using var request = BinaryContent.Create(OpenAIRequest.Write(conversation, options, own));
        var called = conversation.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Select(c => c.CallId);
        var calls = new ToolCallPieces(called, ids);
        var finished = false;
        var answer = await client.CompleteChatAsync(request, new RequestOptions { BufferResponse = false, CancellationToken = cancellationToken });
        using var response = answer.GetRawResponse();
        var events = SseParser.Create(response.ContentStream ?? Stream.Null, (_, data) => Parse(data));
        await foreach (var item in events.EnumerateAsync(cancellationToken))
        {
            if (item.Data is not { } chunk)
            {
                break;
            }

            var update = Read(chunk, calls);
            if (update.FinishReason is not null)
            {
                // once, however often it is said: what the calls are is known now
                update.Contents = [.. update.Contents, .. finished ? [] : calls.Complete()];
                finished = true;
            }

            yield return update;
        }

        if (!finished)
        {
            throw new ProviderException(RunErrorCodes.ModelError, isPassing: true, "the stream ended early");
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? metadata
            : serviceType == typeof(ChatClient) ? client
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose()
    {
    }

    /// <returns>Null at the end of the stream.</returns>
    private static JsonElement? Parse(ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8))
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(data) is { ValueKind: JsonValueKind.Object } chunk ? chunk : throw Malformed();
        }
        catch (JsonException)
        {
            throw Malformed();
        }
    }

    private static ProviderException Malformed() => new(RunErrorCodes.ModelError, isPassing: true, "a malformed chunk");

    private static ChatResponseUpdate Read(JsonElement chunk, ToolCallPieces calls)
    {
        if (chunk.TryGetProperty("error", out var error) && error.ValueKind is not JsonValueKind.Null)
        {
            throw ProviderErrors.OfStream(ProviderErrors.Read(error));
        }

        List<AIContent> contents = [];
        ChatFinishReason? finish = null;
        try
        {
            if (chunk.TryGetProperty("choices", out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0)
            {
                finish = Read(choices[0], contents, calls);
            }

            if (chunk.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
            {
                contents.Add(new UsageContent(Usage(usage)));
            }
        }
        catch (InvalidOperationException)
        {
            // a field of another kind than it should be, or half a surrogate pair
            throw Malformed();
        }

        return new ChatResponseUpdate { Role = ChatRole.Assistant, Contents = contents, FinishReason = finish, ModelId = Text(chunk, "model") };
    }

    private static ChatFinishReason? Read(JsonElement choice, List<AIContent> contents, ToolCallPieces calls)
    {
        if (choice.TryGetProperty("delta", out var delta) && delta.ValueKind == JsonValueKind.Object)
        {
            // DeepSeek, vLLM and Qwen have the first name for it, OpenRouter and newer vLLM the second
            if ((Text(delta, "reasoning_content") ?? Text(delta, "reasoning")) is { } reasoning)
            {
                contents.Add(new TextReasoningContent(reasoning));
            }

            // a refusal is what the model says to the user, too
            if ((Text(delta, "content") ?? Text(delta, "refusal")) is { } text)
            {
                contents.Add(new TextContent(text));
            }

            if (delta.TryGetProperty("tool_calls", out var pieces) && pieces.ValueKind == JsonValueKind.Array)
            {
                contents.AddRange(pieces.EnumerateArray().Select(piece => ReadCall(piece, calls)).OfType<AIContent>());
            }
        }

        return Text(choice, "finish_reason") switch
        {
            null => null,
            "length" => ChatFinishReason.Length,
            "content_filter" => ChatFinishReason.ContentFilter,
            "tool_calls" or "function_call" => ChatFinishReason.ToolCalls,
            _ => ChatFinishReason.Stop,
        };
    }

    private static ToolCallDelta? ReadCall(JsonElement piece, ToolCallPieces calls)
    {
        var function = piece.TryGetProperty("function", out var value) && value.ValueKind == JsonValueKind.Object ? value : (JsonElement?)null;
        var index = piece.TryGetProperty("index", out value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : (int?)null;
        return calls.Add(
            index,
            Text(piece, "id"),
            function is { } named ? Text(named, "name") : null,
            function is { } called ? Text(called, "arguments") ?? "" : "");
    }

    private static UsageDetails Usage(JsonElement usage)
    {
        var (input, output) = (Number(usage, "prompt_tokens"), Number(usage, "completion_tokens"));
        return new UsageDetails { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output };
    }

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    /// <returns>Null when there is none, or nothing in it.</returns>
    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
