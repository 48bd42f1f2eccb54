using System.Text.Json;
using System.Text.RegularExpressions;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.Native;

/// <summary>Reads the frames that a client of the native protocol sends.</summary>
internal sealed partial class NativeFrameParser(int maxDepth, int maxCharacters, MessageExtensions extensions)
{
    private const int MaxIdLength = 128;

    // a private room's name holds a user id
    private const int MaxRoomThreadLength = 256;

    private const int MaxNameLength = 100;
    private const int MaxCallIdLength = 256;
    private const int MaxTools = 64;
    private const int MaxExcept = 64;

    // as many as no model is shown of a thread; each one stored is a row
    private const int MaxMessages = 1000;
    private const int MaxToolDescription = 4096;
    private const int MaxToolParameters = 16 * 1024;

    // how agents hand on to each other
    private const string HandOffPrefix = "transfer_to_";

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
            "cancel" => ParseCancel(root),
            "attach" => ParseAttach(root),
            "tool_result" => ParseToolResult(root),
            "join" => ParseJoin(root),
            "leave" => new LeaveRequest(ThreadId(root, runId: null) ?? throw Invalid("Field 'threadId' is missing.")),
            "auth" => new AuthRequest(RequiredString(root, "token")),
            "ping" => new PingRequest(OptionalString(root, "id")),
            _ when extensions.Knows(NativeDialect.DialectName, type) => new ExtensionRequest(type, Checked(root)),
            _ => throw new NativeFrameException(new Fault(FaultCodes.UnknownType, $"Unknown type: {JsonStrings.Shorten(type)}", RunId: RunId(root))),
        };
    }

    private static JoinRequest ParseJoin(JsonElement root)
    {
        var threadId = ThreadId(root, runId: null) ?? throw Invalid("Field 'threadId' is missing.");
        return new JoinRequest(threadId) { Except = ParseExcept(root) };
    }

    private static List<Guid>? ParseExcept(JsonElement root)
    {
        if (Optional(root, "except") is not { } array)
        {
            return null;
        }

        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() > MaxExcept)
        {
            throw BadExcept();
        }

        List<Guid> except = [];
        foreach (var item in array.EnumerateArray())
        {
            except.Add(item.ValueKind == JsonValueKind.String && item.TryGetGuid(out var runId) ? runId : throw BadExcept());
        }

        return except;
    }

    private static NativeFrameException BadExcept() => Invalid($"Field 'except' must be an array of up to {MaxExcept} run ids.");

    private static CancelRequest ParseCancel(JsonElement root)
    {
        var runId = RunId(root) ?? throw Invalid("Field 'runId' is missing.");
        return new CancelRequest(runId, ThreadId(root, runId));
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
        foreach (var item in array.EnumerateArray().Skip(array.GetArrayLength() - MaxMessages))
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
            Agent = Name(root, "agent", runId),
            Model = Name(root, "model", runId),
            Personality = Name(root, "personality", runId),
            WhenBusy = WhenBusy(root, runId),
            UseTools = Boolean(root, "useTools", whenAbsent: true, runId),
        };
    }

    private ToolResultRequest ParseToolResult(JsonElement root)
    {
        var runId = RunId(root) ?? throw Invalid("Field 'runId' is missing.");
        var callId = RequiredString(root, "toolCallId", runId);
        if (callId.Length is 0 or > MaxCallIdLength)
        {
            throw Invalid($"Field 'toolCallId' has 1 to {MaxCallIdLength} characters.", runId);
        }

        var content = RequiredString(root, "content", runId);
        return JsonStrings.CountCharacters(content) is var characters && characters <= maxCharacters
            ? new ToolResultRequest(runId, callId, content, Boolean(root, "isError", whenAbsent: false, runId))
            : throw new NativeFrameException(new Fault(FaultCodes.TooLarge, $"The result has {characters} characters; {maxCharacters} are allowed.", RunId: runId));
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

        if (tools.GetArrayLength() > MaxTools)
        {
            throw Invalid($"Field 'tools' has at most {MaxTools} tools.", runId);
        }

        var parsed = tools.EnumerateArray().Select(t => ParseTool(t, runId)).ToList();
        return parsed.GroupBy(t => t.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw Invalid($"Two tools have the name '{twice.Key}'.", runId)
            : parsed;
    }

    private static ClientTool ParseTool(JsonElement tool, Guid? runId)
    {
        var name = RequiredString(tool, "name", runId);
        if (!ToolName().IsMatch(name) || name.StartsWith(HandOffPrefix, StringComparison.Ordinal))
        {
            throw Invalid($"A tool's 'name' has 1 to 64 letters a to z, digits, hyphens and underscores, and does not begin with '{HandOffPrefix}'.", runId);
        }

        var description = OptionalString(tool, "description", runId) ?? "";
        if (description.Length > MaxToolDescription)
        {
            throw Invalid($"A tool's 'description' has at most {MaxToolDescription} characters.", runId);
        }

        var parameters = Optional(tool, "parameters");
        if (parameters is { } schema && (schema.ValueKind != JsonValueKind.Object || schema.GetRawText().Length > MaxToolParameters))
        {
            throw Invalid($"A tool's 'parameters' is a JSON schema, an object of at most {MaxToolParameters} characters.", runId);
        }

        return new ClientTool { Name = name, Description = description, Parameters = parameters };
    }

    private static string? Name(JsonElement root, string field, Guid? runId)
    {
        var name = OptionalString(root, field, runId);
        return name is null || (name.Length is > 0 and <= MaxNameLength && !name.Any(char.IsControl))
            ? name
            : throw Invalid($"Field '{field}' has 1 to {MaxNameLength} characters, none of them a control character.", runId);
    }

    private static ThreadPolicy? WhenBusy(JsonElement root, Guid? runId) => OptionalString(root, "whenBusy", runId) switch
    {
        null => null,
        "enqueue" => ThreadPolicy.Enqueue,
        "reject" => ThreadPolicy.Reject,
        "interrupt" => ThreadPolicy.Interrupt,
        _ => throw Invalid("Field 'whenBusy' must be 'enqueue', 'reject' or 'interrupt'.", runId),
    };

    private static bool Boolean(JsonElement root, string field, bool whenAbsent, Guid? runId) =>
        !root.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null ? whenAbsent
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Invalid($"Field '{field}' must be true or false.", runId);

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
        if (threadId is not null && ThreadIds.RoomOf(threadId) is not null && ThreadIds.IsName(threadId, MaxRoomThreadLength))
        {
            return threadId;
        }

        return threadId is null || (ThreadIds.IsName(threadId, MaxIdLength) && !threadId.StartsWith(ThreadIds.Reserved))
            ? threadId
            : throw Invalid(
                $"Field 'threadId' has 1 to {MaxIdLength} characters, none of them a control character, does not begin with '{ThreadIds.Reserved}', and is neither '.' nor '..'.", runId);
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

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}\\z")]
    private static partial Regex ToolName();
}
