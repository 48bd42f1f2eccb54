using System.Text.Json;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.Native;

/// <summary>Reads the frames that a client of the native protocol sends.</summary>
internal sealed class NativeFrameParser(int maxDepth, int maxCharacters, MessageExtensions extensions)
{
    private const int MaxIdLength = 128;

    // a private room's name holds a user id
    private const int MaxRoomThreadLength = 256;

    private static readonly string[] Roles = ["user", "assistant", "system", "developer", "tool"];

    private readonly JsonDocumentOptions _json = new() { MaxDepth = maxDepth };

    public ClientFrame Parse(ReadOnlyMemory<byte> frame)
    {
        try
        {
            using var document = JsonDocument.Parse(frame, _json);
            return Parse(document.RootElement);
        }
        catch (JsonException e)
        {
            return new InvalidFrame(new Fault(FaultCodes.InvalidJson, $"The frame is not JSON (byte {e.BytePositionInLine}, at most {maxDepth} levels deep)."));
        }
        catch (NativeFrameException e)
        {
            return new InvalidFrame(e.Fault);
        }
        catch (InvalidOperationException)
        {
            // what System.Text.Json says when a string escapes half of a surrogate pair
            return new InvalidFrame(new Fault(FaultCodes.InvalidFrame, "A string holds an unpaired surrogate."));
        }
    }

    private ClientFrame Parse(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Invalid("A frame is a JSON object.");
        }

        var type = RequiredString(root, "type");
        return type switch
        {
            "run" => ParseRun(root),
            "cancel" => new CancelRequest(RunId(root) ?? throw Invalid("Field 'runId' is missing.")),
            "attach" => ParseAttach(root),
            "join" => new JoinRequest(ThreadId(root, runId: null) ?? throw Invalid("Field 'threadId' is missing.")),
            "leave" => new LeaveRequest(ThreadId(root, runId: null) ?? throw Invalid("Field 'threadId' is missing.")),
            "auth" => new AuthRequest(RequiredString(root, "token")),
            "ping" => new PingRequest(OptionalString(root, "id")),
            _ when extensions.Knows(NativeDialect.DialectName, type) => new ExtensionRequest(type, Checked(root)),
            _ => throw new NativeFrameException(new Fault(FaultCodes.UnknownType, $"Unknown type: {JsonStrings.Shorten(type)}", RunId: RunId(root))),
        };
    }

    private RunRequest ParseRun(JsonElement root)
    {
        var runId = RunId(root);
        if (!root.TryGetProperty("messages", out var array) || array.ValueKind != JsonValueKind.Array || array.GetArrayLength() == 0)
        {
            throw Invalid("Field 'messages' must be an array with at least one message.", runId);
        }

        var characters = 0;
        List<InputMessage> messages = [];
        foreach (var item in array.EnumerateArray())
        {
            var message = ParseMessage(item, runId);
            characters += JsonStrings.CountCharacters(message.Content);
            messages.Add(message);
        }

        if (messages[^1].Role != "user")
        {
            throw Invalid("The last message must have the role 'user'.", runId);
        }

        if (string.IsNullOrWhiteSpace(messages[^1].Content) && messages[^1].Images is null)
        {
            throw Invalid("The last message is empty.", runId);
        }

        if (characters > maxCharacters)
        {
            throw new NativeFrameException(new Fault(FaultCodes.TooLarge, $"The request has {characters} characters; {maxCharacters} are allowed.", RunId: runId));
        }

        var threadId = ThreadId(root, runId);
        return new RunRequest
        {
            RunId = runId,
            ThreadId = threadId,
            RoomId = threadId is null ? null : ThreadIds.RoomOf(threadId),
            Messages = messages,
            Tools = ParseTools(root, runId),
            Context = Optional(root, "context"),
            State = Optional(root, "state"),
            ForwardedProps = Optional(root, "forwardedProps"),
        };
    }

    private static InputMessage ParseMessage(JsonElement item, Guid? runId)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw Invalid("A message is an object with 'role' and 'content'.", runId);
        }

        var role = RequiredString(item, "role", runId);
        if (!Roles.Contains(role))
        {
            throw Invalid($"Unknown role: {JsonStrings.Shorten(role)}", runId);
        }

        var id = OptionalString(item, "id", runId);
        if (!IsId(id))
        {
            throw Invalid($"A message's 'id' has 1 to {MaxIdLength} characters, none of them a control character.", runId);
        }

        return new InputMessage { Id = id, Role = role, Content = RequiredString(item, "content", runId), Images = NativeImages.Parse(item, role, runId) };
    }

    private static List<ClientTool>? ParseTools(JsonElement root, Guid? runId)
    {
        if (Optional(root, "tools") is not { } tools)
        {
            return null;
        }

        if (tools.ValueKind != JsonValueKind.Array || tools.EnumerateArray().Any(t => t.ValueKind != JsonValueKind.Object))
        {
            throw Invalid("Field 'tools' must be an array of objects.", runId);
        }

        return tools.EnumerateArray()
            .Select(t => new ClientTool
            {
                Name = RequiredString(t, "name", runId),
                Description = OptionalString(t, "description", runId) ?? "",
                Parameters = Optional(t, "parameters"),
            })
            .ToList();
    }

    private static Guid? RunId(JsonElement root)
    {
        var text = OptionalString(root, "runId");
        return text is null ? null
            : Guid.TryParseExact(text, "D", out var id) && id != Guid.Empty ? id
            : throw Invalid("Field 'runId' must be a UUID.");
    }

    private static AttachRequest ParseAttach(JsonElement root)
    {
        var runId = RunId(root) ?? throw Invalid("Field 'runId' is missing.");
        return new AttachRequest(runId, ThreadId(root, runId), (int)Number(root, "attempt", 1, int.MaxValue, runId), Number(root, "afterSeq", 0, long.MaxValue, runId));
    }

    /// <summary>A thread that the client named, or a room's.</summary>
    private static string? ThreadId(JsonElement root, Guid? runId)
    {
        var threadId = OptionalString(root, "threadId", runId);
        if (threadId is not null && ThreadIds.RoomOf(threadId) is not null && threadId.Length <= MaxRoomThreadLength && !threadId.Any(char.IsControl))
        {
            return threadId;
        }

        return IsId(threadId) && threadId?.StartsWith(ThreadIds.Reserved) != true
            ? threadId
            : throw Invalid($"Field 'threadId' has 1 to {MaxIdLength} characters, none of them a control character, and does not begin with '{ThreadIds.Reserved}'.", runId);
    }

    private static bool IsId(string? id) => id is null || (id.Length is > 0 and <= MaxIdLength && !id.Any(char.IsControl));

    private static string RequiredString(JsonElement element, string name, Guid? runId = null) =>
        OptionalString(element, name, runId) ?? throw Invalid($"Field '{name}' is missing.", runId);

    private static string? OptionalString(JsonElement element, string name, Guid? runId = null) =>
        !element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Invalid($"Field '{name}' must be a string.", runId);

    private static long Number(JsonElement element, string name, long least, long most, Guid? runId) =>
        !element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? least
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most ? number
        : throw Invalid($"Field '{name}' must be a whole number from {least} on.", runId);

    // cloned, for it outlives the document; the raw text is checked like any string that is read
    private static JsonElement? Optional(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? Checked(value) : null;

    private static JsonElement Checked(JsonElement value)
    {
        JsonStrings.Check(value);
        return value.Clone();
    }

    private static NativeFrameException Invalid(string message, Guid? runId = null) => NativeFrameException.Invalid(message, runId);
}
