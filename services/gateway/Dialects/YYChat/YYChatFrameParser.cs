using System.Text.Json;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.YYChat;

/// <summary>Reads the frames that a client of YYChat sends.</summary>
internal sealed class YYChatFrameParser(int maxDepth, int maxCharacters, MessageExtensions extensions)
{
    private const int MaxIdLength = 128;

    private readonly JsonDocumentOptions _json = new() { MaxDepth = maxDepth };

    /// <param name="frame">The frame.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="clientId">The connection, whose own conversation it is when the message names none.</param>
    public ClientFrame Parse(ReadOnlyMemory<byte> frame, string userId, string clientId)
    {
        try
        {
            using var document = JsonDocument.Parse(frame, _json);
            return Parse(document.RootElement, userId, clientId);
        }
        catch (JsonException)
        {
            return new InvalidFrame(YYChatFault.NotJson);
        }
        catch (InvalidOperationException)
        {
            return new InvalidFrame(YYChatFault.Shapeless);
        }
        catch (TextException e)
        {
            return new InvalidFrame(YYChatFault.Text(e.Message, e.Code), WellFormed: true);
        }
    }

    private ClientFrame Parse(JsonElement root, string userId, string clientId)
    {
        var type = JsonStrings.Field(root, "type") is { } field ? JsonStrings.Text(field) : null;
        switch (type)
        {
            case var _ when string.IsNullOrWhiteSpace(type):
                return new InvalidFrame(YYChatFault.Shapeless);
            case "heartbeat":
                return new HeartbeatRequest();
            case "ping":
                return new PingRequest(null);
            case "get_status":
                return new StatusRequest();
            case "text_message":
                return ParseText(root, userId, clientId);
            case var _ when extensions.Knows(YYChatDialect.DialectName, type):
                JsonStrings.Check(root);
                return new ExtensionRequest(type, root.Clone());
            default:
                return new InvalidFrame(YYChatFault.UnknownType(type));
        }
    }

    private TextMessageRequest ParseText(JsonElement root, string userId, string clientId)
    {
        var content = JsonStrings.Field(root, "content") is { } field ? JsonStrings.Text(field) : null;
        if (string.IsNullOrWhiteSpace(content))
        {
            throw new TextException("Invalid text message format");
        }

        if (JsonStrings.CountCharacters(content) is var characters && characters > maxCharacters)
        {
            throw Failed($"the message has {characters} characters; {maxCharacters} are allowed", FaultCodes.TooLarge);
        }

        var conversationId = Id(root, "conversation_id");
        return new TextMessageRequest
        {
            ThreadId = ThreadIds.Of(YYChatDialect.DialectName, userId, conversationId ?? clientId),
            Messages = [new InputMessage { Role = "user", Content = content }],
            ConversationId = conversationId,
            Personality = Id(root, "personality_id"),
            UseTools = Flag(root, "use_tools"),
            Stream = Flag(root, "stream"),
        };
    }

    // a number is taken as its text, as these clients are used to
    private static string? Id(JsonElement root, string name)
    {
        if (JsonStrings.Field(root, name) is not { } value)
        {
            return null;
        }

        var id = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : JsonStrings.Text(value);
        return id is { Length: <= MaxIdLength } && !id.Any(char.IsControl)
            ? (id.Length == 0 ? null : id)
            : throw Failed($"{name} must be a string of at most {MaxIdLength} characters, none of them a control character");
    }

    // the words that these clients' own server takes for yes and no
    private static bool Flag(JsonElement root, string name)
    {
        if (JsonStrings.Field(root, name) is not { } value)
        {
            return true;
        }

        var text = value.ValueKind switch
        {
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number => value.GetRawText(),
            _ => JsonStrings.Text(value),
        };
        return text?.ToLowerInvariant() switch
        {
            "true" or "1" or "yes" or "y" or "on" or "t" => true,
            "false" or "0" or "no" or "n" or "off" or "f" => false,
            _ => throw Failed($"{name} must be true or false"),
        };
    }

    private static TextException Failed(string message, string code = FaultCodes.InvalidFrame) => new($"Text processing failed: {message}", code);

    private sealed class TextException(string message, string code = FaultCodes.InvalidFrame) : Exception(message)
    {
        public string Code => code;
    }
}
