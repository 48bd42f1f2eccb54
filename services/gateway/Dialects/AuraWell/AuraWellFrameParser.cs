using System.Text.Json;
using StreamChat.Contracts.Runs;

namespace StreamChat.Gateway.Dialects.AuraWell;

/// <summary>Reads the frames that a client of AuraWell sends.</summary>
internal sealed class AuraWellFrameParser(int maxDepth, int maxCharacters, MessageExtensions extensions)
{
    private const int MaxIdLength = 128;

    private static readonly JsonElement NoData = JsonElement.Parse("{}");

    private readonly JsonDocumentOptions _json = new() { MaxDepth = maxDepth };

    public ClientFrame Parse(ReadOnlyMemory<byte> frame, AuraWellMembers members)
    {
        try
        {
            using var document = JsonDocument.Parse(frame, _json);
            return Parse(document.RootElement, members);
        }
        catch (JsonException)
        {
            return new InvalidFrame(AuraWellErrors.NotJson);
        }
        catch (InvalidOperationException)
        {
            // what System.Text.Json says when a string escapes half of a surrogate pair
            return new InvalidFrame(AuraWellErrors.NotText);
        }
    }

    private ClientFrame Parse(JsonElement root, AuraWellMembers members)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return Malformed("消息必须是JSON对象");
        }

        if (JsonStrings.Field(root, "type") is not { ValueKind: JsonValueKind.String } typeField)
        {
            return Malformed("缺少消息类型");
        }

        var data = JsonStrings.Field(root, "data") ?? NoData;
        if (data.ValueKind != JsonValueKind.Object)
        {
            return Malformed("data必须是JSON对象");
        }

        if (!TryReadId(root, "conversation_id", out var conversationId) || !TryReadId(root, "active_member_id", out var memberId))
        {
            return Malformed($"conversation_id和active_member_id必须是字符串，最多{MaxIdLength}个字符");
        }

        var type = typeField.GetString()!;
        switch (type)
        {
            case "health_chat" or "general_chat":
                // their page puts the user's own id into every message, also after a switch: that names nobody
                memberId = memberId == members.UserId ? null : memberId;
                return ParseChat(data, type == "health_chat", conversationId, memberId, members);
            case "switch_member":
                return ParseSwitch(data, members);
            case "get_status":
                return new SessionStatusRequest(members);
            case "pong":
                return new PongRequest();
            case "welcome" or "connection_established" or "status_update" or "chat_stream" or "rag_document" or "error" or "ping":
                return new IgnoredFrame(type);
        }

        if (extensions.Knows(AuraWellDialect.DialectName, type))
        {
            JsonStrings.Check(root);
            return new ExtensionRequest(type, root.Clone());
        }

        return Refused(AuraWellErrors.Unknown(type));
    }

    private ClientFrame ParseChat(JsonElement data, bool isHealth, string? conversationId, string? memberId, AuraWellMembers members)
    {
        var field = JsonStrings.Field(data, "message");
        if (field is { ValueKind: not JsonValueKind.String })
        {
            return Refused(AuraWellErrors.Invalid("message必须是字符串"));
        }

        var message = field?.GetString();
        if (string.IsNullOrWhiteSpace(message))
        {
            return Refused(AuraWellErrors.Empty);
        }

        if (JsonStrings.CountCharacters(message) > maxCharacters)
        {
            return Refused(AuraWellErrors.TooLong(maxCharacters));
        }

        var context = isHealth ? JsonStrings.Field(data, "context") : null;
        if (context is { ValueKind: not JsonValueKind.Object })
        {
            return Refused(AuraWellErrors.Invalid("context必须是JSON对象"));
        }

        if (context is { } given)
        {
            JsonStrings.Check(given);
            context = given.Clone();
        }

        return new AuraWellChat
        {
            Members = members,
            MemberId = memberId,
            ConversationId = conversationId,
            IsHealth = isHealth,
            Agent = isHealth ? "Health Adviser" : "Triage Agent",
            Messages = [new InputMessage { Role = "user", Content = message }],
            Context = context,
        };
    }

    private static ClientFrame ParseSwitch(JsonElement data, AuraWellMembers members) =>
        !TryReadId(data, "target_member_id", out var target) ? Refused(AuraWellErrors.Invalid($"target_member_id必须是字符串，最多{MaxIdLength}个字符"))
        : string.IsNullOrWhiteSpace(target) ? Refused(AuraWellErrors.NoTarget)
        : new SwitchMemberRequest(members, target);

    /// <returns>False when it is there and no id; an empty one counts as none.</returns>
    private static bool TryReadId(JsonElement element, string name, out string? id)
    {
        var field = JsonStrings.Field(element, name);
        id = field is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } given ? given : null;
        return field is null or { ValueKind: JsonValueKind.String } && (id is null || (id.Length <= MaxIdLength && !id.Any(char.IsControl)));
    }

    private static InvalidFrame Malformed(string what) => new(AuraWellErrors.Invalid(what));

    private static InvalidFrame Refused(AuraWellFault fault) => new(fault, WellFormed: true);
}
