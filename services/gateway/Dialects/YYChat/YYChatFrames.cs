using StreamChat.Gateway.Cluster;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.YYChat;

/// <summary><c>heartbeat</c>.</summary>
internal sealed record HeartbeatRequest : ClientFrame;

/// <summary>The answer to <see cref="HeartbeatRequest"/>.</summary>
internal sealed record HeartbeatAnswered : ServerEvent;

/// <summary><c>get_status</c>.</summary>
internal sealed record StatusRequest : ClientFrame;

/// <summary>The answer to <see cref="StatusRequest"/>.</summary>
internal sealed record StatusAnswered(DialectNumbers Numbers) : ServerEvent;

/// <summary><c>text_message</c>.</summary>
internal sealed record TextMessageRequest : RunRequest
{
    /// <summary>As the client named it; null when it did not.</summary>
    public string? ConversationId { get; init; }

    /// <summary>Whether the answer is to come in pieces.</summary>
    public bool Stream { get; init; } = true;
}

/// <summary>An error with what this protocol says about it.</summary>
/// <param name="Code">A member of <see cref="FaultCodes"/>.</param>
/// <param name="Message">For a person.</param>
/// <param name="Kind">The <c>type</c> and <c>code</c> on the wire.</param>
/// <param name="Stamp">What the frame carries beside the error.</param>
internal sealed record YYChatFault(string Code, string Message, YYChatErrorKind Kind, YYChatStamp Stamp) : Fault(Code, Message)
{
    public static readonly YYChatFault NotJson = new(FaultCodes.InvalidJson, "Invalid JSON format", YYChatErrorKind.Json, YYChatStamp.None);
    public static readonly YYChatFault Binary = new(FaultCodes.InvalidFrame, "Message processing error", YYChatErrorKind.Processing, YYChatStamp.None);
    public static readonly YYChatFault Shapeless = new(FaultCodes.InvalidFrame, "Invalid message format", YYChatErrorKind.Message, YYChatStamp.Time);

    /// <summary>No such type.</summary>
    public static YYChatFault UnknownType(string type) =>
        new(FaultCodes.UnknownType, $"Unknown message type: {JsonStrings.Shorten(type)}", YYChatErrorKind.Message, YYChatStamp.Time);

    /// <summary>A text message that cannot be served.</summary>
    public static YYChatFault Text(string message, string code = FaultCodes.InvalidFrame) => new(code, message, YYChatErrorKind.Text, YYChatStamp.TimeAndClient);
}

/// <summary>The <c>type</c> and <c>code</c> of an error: a closed list.</summary>
internal sealed record YYChatErrorKind(string Type, string Code)
{
    public static readonly YYChatErrorKind Json = new("json_parse_error", "invalid_json");
    public static readonly YYChatErrorKind Processing = new("processing_error", "processing_failed");
    public static readonly YYChatErrorKind Message = new("message_processing_error", "invalid_message");
    public static readonly YYChatErrorKind Text = new("text_processing_error", "text_processing_failed");
    public static readonly YYChatErrorKind TooManyRequests = new("rate_limit_error", "too_many_requests");
}

/// <summary>What a frame carries beside its content.</summary>
internal enum YYChatStamp
{
    None,
    Time,
    TimeAndClient,
}
