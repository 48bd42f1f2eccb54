using System.Collections.Frozen;
using System.Text.Json;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.Assistant;

/// <summary>
/// Reads the frames that a client of this protocol sends. The checks come in the order of docs/protocols/assistant.md; each has its
/// own text, which the protocol fixes. <see cref="FaultCodes.InvalidJson"/> stands for what the protocol calls a parse error.
/// </summary>
internal sealed class AssistantFrameParser(int maxDepth, int maxCharacters, MessageExtensions extensions)
{
    private const int MaxIdLength = 128;

    /// <summary>The kinds of message, each with what comes of it.</summary>
    public static readonly FrozenDictionary<string, Type> Types = new Dictionary<string, Type>
    {
        ["chat"] = typeof(AssistantChat),
        ["command"] = typeof(AssistantCommand),
        ["switch_conversation"] = typeof(SwitchConversation),
        ["connect"] = typeof(AssistantGreeting),
        ["disconnect"] = typeof(AssistantFarewell),
        ["ping"] = typeof(PingRequest),
        ["pong"] = typeof(PongRequest),

        // what only a server may say
        ["error"] = typeof(IgnoredFrame),
        ["notification"] = typeof(IgnoredFrame),
        ["data"] = typeof(IgnoredFrame),
        ["ai_response"] = typeof(IgnoredFrame),
        ["ai_thinking"] = typeof(IgnoredFrame),
        ["ai_error"] = typeof(IgnoredFrame),
    }.ToFrozenDictionary();

    private readonly JsonDocumentOptions _json = new() { MaxDepth = maxDepth };

    /// <param name="frame">The frame.</param>
    /// <param name="state">What earlier frames and the handshake have set.</param>
    public ClientFrame Parse(ReadOnlyMemory<byte> frame, AssistantState state)
    {
        try
        {
            using var document = JsonDocument.Parse(frame, _json);
            return Parse(document.RootElement, state);
        }
        catch (JsonException)
        {
            return FrameException.Unreadable("不是有效的 JSON (not valid JSON)").Frame;
        }
        catch (FrameException e)
        {
            return e.Frame;
        }
        catch (InvalidOperationException)
        {
            // what System.Text.Json says when a string escapes half of a surrogate pair
            return FrameException.Unreadable("字符串包含不成对的代理字符 (a string holds an unpaired surrogate)").Frame;
        }
    }

    private ClientFrame Parse(JsonElement root, AssistantState state)
    {
        if (root.ValueKind is JsonValueKind.Array or JsonValueKind.String)
        {
            throw FrameException.Missing("type");
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw FrameException.Invalid("消息必须是 JSON 对象 (a message is a JSON object)");
        }

        if (!root.TryGetProperty("type", out var kind))
        {
            throw FrameException.Missing("type");
        }

        var type = kind.ValueKind == JsonValueKind.String ? kind.GetString()! : null;
        var hasContent = root.TryGetProperty("content", out var content);
        var needsContent = type is not ("ping" or "pong");
        if (needsContent && !hasContent)
        {
            throw FrameException.Missing("content");
        }

        var extension = type is not null && extensions.Knows(AssistantDialect.DialectName, type);
        if (type is null || (!extension && !Types.ContainsKey(type)))
        {
            throw FrameException.UnknownType(type ?? (kind.ValueKind == JsonValueKind.Null ? "None" : kind.GetRawText()));
        }

        if (needsContent && content.ValueKind == JsonValueKind.Null)
        {
            throw FrameException.Empty();
        }

        CheckFields(root, content);
        return extension ? new ExtensionRequest(type, Checked(root)) : type switch
        {
            "chat" => ParseChat(root, content, state),
            "command" => AssistantCommandParser.Parse(content),
            "switch_conversation" => ParseSwitch(content, state),
            "connect" => new AssistantGreeting(),
            "disconnect" => new AssistantFarewell(state.Username),
            "ping" => new PingRequest(null),
            "pong" => new PongRequest(),
            _ => new IgnoredFrame(type),
        };
    }

    private static void CheckFields(JsonElement root, JsonElement content)
    {
        if (root.TryGetProperty("timestamp", out var timestamp) && !(timestamp.ValueKind == JsonValueKind.String && TimestampForm.IsValid(timestamp.GetString()!)))
        {
            throw FrameException.BadTimestamp();
        }

        if (content.ValueKind is not (JsonValueKind.String or JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined))
        {
            throw FrameException.WrongType("content", "string or object");
        }

        CheckType(root, "id", JsonValueKind.String);
        CheckType(root, "receiver_id", JsonValueKind.String);
        CheckType(root, "room_id", JsonValueKind.String);
        CheckType(root, "metadata", JsonValueKind.Object);
    }

    private AssistantChat ParseChat(JsonElement root, JsonElement content, AssistantState state)
    {
        var text = content.ValueKind == JsonValueKind.String ? content.GetString()! : StringOf(content, "message") ?? "";
        if (string.IsNullOrWhiteSpace(text))
        {
            throw FrameException.Empty();
        }

        var characters = JsonStrings.CountCharacters(text);
        if (characters > maxCharacters)
        {
            throw FrameException.TooLong(characters, maxCharacters);
        }

        var named = root.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object ? StringOf(metadata, "conversation_id") : null;
        return new AssistantChat
        {
            Messages = [new InputMessage { Role = "user", Content = text }],
            ConversationId = string.IsNullOrEmpty(named) ? state.ConversationId : CheckId("conversation_id", named),
            Rooms = [.. new[] { StringOf(root, "room_id"), state.QueryRoom }.OfType<string>().Where(room => room.Length > 0)],
        };
    }

    private static SwitchConversation ParseSwitch(JsonElement content, AssistantState state)
    {
        var id = content.ValueKind == JsonValueKind.String ? content.GetString() : StringOf(content, "conversation_id");
        if (string.IsNullOrEmpty(id))
        {
            throw FrameException.Missing("conversation_id");
        }

        // here and not when it is served: what is read after it belongs to the new one
        state.ConversationId = CheckId("conversation_id", id);
        return new SwitchConversation(id);
    }

    private static string CheckId(string name, string id) =>
        id.Length <= MaxIdLength && !id.Any(char.IsControl) ? id : throw FrameException.BadId(name, MaxIdLength);

    private static string? StringOf(JsonElement element, string name)
    {
        CheckType(element, name, JsonValueKind.String);
        return element.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    private static void CheckType(JsonElement element, string name, JsonValueKind kind)
    {
        if (element.TryGetProperty(name, out var value) && value.ValueKind != kind && value.ValueKind != JsonValueKind.Null)
        {
            throw FrameException.WrongType(name, kind == JsonValueKind.String ? "string" : "object");
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            // reading it is what finds half of a surrogate pair
            value.GetString();
        }
    }

    // cloned, for it outlives the document; every string is read once, for the same reason as above
    private static JsonElement Checked(JsonElement value)
    {
        JsonStrings.Check(value);
        return value.Clone();
    }
}
