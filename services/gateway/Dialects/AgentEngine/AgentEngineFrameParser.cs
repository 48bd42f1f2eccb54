using System.Text.Json;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.AgentEngine;

/// <summary>Reads the frames that a client of the agent engine sends.</summary>
internal sealed class AgentEngineFrameParser(int maxDepth, int maxCharacters, MessageExtensions extensions)
{
    private const int MaxToolNameLength = 128;

    private static readonly JsonElement NoParameters = JsonElement.Parse("{}");

    // a tool's parameters stand one level deeper in the message on the bus than they do in the frame
    private readonly JsonDocumentOptions _json = new() { MaxDepth = maxDepth - 1 };

    public ClientFrame Parse(ReadOnlyMemory<byte> frame, string threadId)
    {
        try
        {
            using var document = JsonDocument.Parse(frame, _json);
            return Parse(document.RootElement, threadId);
        }
        catch (JsonException)
        {
            return Bad(FaultCodes.InvalidJson, "Invalid JSON format");
        }
        catch (InvalidOperationException)
        {
            // what System.Text.Json says when a string escapes half of a surrogate pair
            return Bad(FaultCodes.InvalidFrame, "Text holds an unpaired surrogate");
        }
    }

    private ClientFrame Parse(JsonElement root, string threadId)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return Bad(FaultCodes.InvalidFrame, "Message must be a JSON object");
        }

        var typeField = JsonStrings.Field(root, "type");
        if (typeField is { ValueKind: JsonValueKind.String } text)
        {
            var type = text.GetString()!;
            switch (type)
            {
                case "ping":
                    return new PingRequest(null);
                case "cancel":
                    return new CancelAllRequest();
                case "agent_query" or "streaming_query":
                    return ParseQuery(root, type == "streaming_query", threadId);
                case "tool_call":
                    return ParseToolCall(root);
                case "connected" or "pong" or "status" or "agent_response" or "stream_start" or "stream_chunk" or "stream_end"
                    or "tool_result" or "cancelled" or "error":
                    return new IgnoredFrame(type);
            }

            if (extensions.Knows(AgentEngineDialect.DialectName, type))
            {
                JsonStrings.Check(root);
                return new ExtensionRequest(type, root.Clone());
            }
        }

        return Bad(FaultCodes.UnknownType, $"Unknown message type: {JsonStrings.Shorten(AsPrinted(typeField))}");
    }

    private ClientFrame ParseQuery(JsonElement root, bool isStreaming, string threadId)
    {
        var field = JsonStrings.Field(root, "query");
        if (IsFalsy(field))
        {
            return Bad(FaultCodes.InvalidFrame, "Query is required");
        }

        if (field is { ValueKind: JsonValueKind.Object or JsonValueKind.Array })
        {
            return Bad(FaultCodes.InvalidFrame, "Query must be text");
        }

        var query = AsText(field!.Value);
        var characters = JsonStrings.CountCharacters(query);
        return characters > maxCharacters
            ? Bad(FaultCodes.TooLarge, $"Query is too long: {characters} characters, at most {maxCharacters} are allowed")
            : new AgentEngineQuery { IsStreaming = isStreaming, ThreadId = threadId, Messages = [new InputMessage { Role = "user", Content = query }] };
    }

    private static ClientFrame ParseToolCall(JsonElement root)
    {
        var nameField = JsonStrings.Field(root, "tool_name");
        if (IsFalsy(nameField))
        {
            return Bad(FaultCodes.InvalidFrame, "Tool name is required");
        }

        var name = AsText(nameField!.Value);
        if (nameField.Value.ValueKind != JsonValueKind.String || name.Length > MaxToolNameLength)
        {
            return Bad(FaultCodes.NotFound, $"Tool not found: {JsonStrings.Shorten(name)}");
        }

        var parameters = JsonStrings.Field(root, "params") ?? NoParameters;
        if (parameters.ValueKind != JsonValueKind.Object)
        {
            return Bad(FaultCodes.InvalidFrame, "Tool call failed: params must be a JSON object");
        }

        JsonStrings.Check(parameters);
        return new ToolCallRequest(name, parameters.Clone());
    }

    // what the original takes for missing; blank text asks nothing either
    private static bool IsFalsy(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.False } => true,
        { ValueKind: JsonValueKind.String } text => string.IsNullOrWhiteSpace(text.GetString()),
        { ValueKind: JsonValueKind.Number } number => number.TryGetDouble(out var parsed) && parsed == 0,
        { ValueKind: JsonValueKind.Array } array => array.GetArrayLength() == 0,
        { ValueKind: JsonValueKind.Object } obj => !obj.EnumerateObject().MoveNext(),
        _ => false,
    };

    private static string AsText(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    // as Python prints it
    private static string AsPrinted(JsonElement? value) => value switch
    {
        null => "None",
        { ValueKind: JsonValueKind.True } => "True",
        { ValueKind: JsonValueKind.False } => "False",
        { } any => AsText(any),
    };

    private static InvalidFrame Bad(string code, string message) => new(new Fault(code, message));
}
