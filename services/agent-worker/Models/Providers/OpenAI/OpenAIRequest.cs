using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace StreamChat.AgentWorker.Models.Providers.OpenAI;

/// <summary>What is the same in all requests of one model.</summary>
/// <param name="Model">What the provider calls it.</param>
/// <param name="MaxOutputTokens">The most tokens that one reply may have, or null.</param>
/// <param name="IsOpenAI">Whether OpenAI itself is asked, and not one that is compatible.</param>
internal sealed record OpenAIOptions(string Model, int? MaxOutputTokens, bool IsOpenAI);

/// <summary>
/// A streamed chat completion as it is asked for: the fields that every endpoint of this kind knows, and none that only some do.
/// </summary>
internal static class OpenAIRequest
{
    // raw text is shorter; nothing of it is put into HTML
    private static readonly JsonWriterOptions Raw = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static BinaryData Write(IEnumerable<ChatMessage> messages, ChatOptions? options, OpenAIOptions own)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Raw))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, own.Model);
            json.WriteBoolean("stream"u8, true);
            json.WriteStartObject("stream_options"u8);
            json.WriteBoolean("include_usage"u8, true);
            json.WriteEndObject();
            if (options?.Temperature is { } temperature)
            {
                json.WriteNumber("temperature"u8, temperature);
            }

            if ((options?.MaxOutputTokens ?? own.MaxOutputTokens) is { } tokens)
            {
                // OpenAI has a newer name for it, which its newer models insist on and few others know
                json.WriteNumber(own.IsOpenAI ? "max_completion_tokens"u8 : "max_tokens"u8, tokens);
            }

            json.WriteStartArray("messages"u8);
            foreach (var message in messages)
            {
                WriteMessage(json, message);
            }

            json.WriteEndArray();
            WriteTools(json, options?.Tools);
            json.WriteEndObject();
        }

        return new BinaryData(buffer.WrittenMemory);
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatMessage message)
    {
        foreach (var result in message.Contents.OfType<FunctionResultContent>())
        {
            json.WriteStartObject();
            json.WriteString("role"u8, "tool"u8);
            json.WriteString("tool_call_id"u8, result.CallId);
            json.WriteString("content"u8, ToolArguments.ResultText(result.Result));
            json.WriteEndObject();
        }

        if (message.Role == ChatRole.Tool)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("role"u8, message.Role.Value);
        WriteContent(json, message);
        WriteCalls(json, message);
        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, ChatMessage message)
    {
        if (!message.Contents.Any(IsImage))
        {
            json.WriteString("content"u8, message.Text);
            return;
        }

        json.WriteStartArray("content"u8);
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case TextContent { Text.Length: > 0 } text:
                    json.WriteStartObject();
                    json.WriteString("type"u8, "text"u8);
                    json.WriteString("text"u8, text.Text);
                    json.WriteEndObject();
                    break;
                case DataContent data when IsImage(data):
                    WriteImage(json, data.Uri);
                    break;
                case UriContent uri when IsImage(uri):
                    WriteImage(json, uri.Uri.AbsoluteUri);
                    break;
            }
        }

        json.WriteEndArray();
    }

    private static bool IsImage(AIContent content) => content switch
    {
        DataContent data => data.HasTopLevelMediaType("image"),
        UriContent uri => uri.HasTopLevelMediaType("image"),
        _ => false,
    };

    private static void WriteImage(Utf8JsonWriter json, string url)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "image_url"u8);
        json.WriteStartObject("image_url"u8);
        json.WriteString("url"u8, url);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter json, ChatMessage message)
    {
        var calls = message.Contents.OfType<FunctionCallContent>().ToList();
        if (calls.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, call.CallId);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Name);
            json.WriteString("arguments"u8, ToolArguments.ToJson(call).GetRawText());
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTools(Utf8JsonWriter json, IList<AITool>? tools)
    {
        var functions = tools?.OfType<AIFunctionDeclaration>().ToList();
        if (functions is null or [])
        {
            return;
        }

        json.WriteStartArray("tools"u8);
        foreach (var function in functions)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, function.Name);
            json.WriteString("description"u8, function.Description);
            json.WritePropertyName("parameters"u8);
            function.JsonSchema.WriteTo(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
