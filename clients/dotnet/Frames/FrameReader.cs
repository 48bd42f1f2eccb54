using System.Text.Json;

namespace StreamChat.Client.Frames;

/// <summary>Turns what the server sends into frames and events.</summary>
internal static class FrameReader
{
    /// <summary>Reads a frame.</summary>
    /// <returns>
    /// One of the frames, a <see cref="RunEvent"/>, or a <see cref="ServerFrame"/> for one of a type that is not known; null when it is
    /// none at all.
    /// </returns>
    public static object? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return TypeOf(utf8) is { } type ? Read(type, utf8) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static object? Read(string type, ReadOnlySpan<byte> utf8) => type switch
    {
        "TEXT_MESSAGE_CONTENT" => JsonSerializer.Deserialize(utf8, FrameJson.Default.TextMessageContent),
        "TEXT_MESSAGE_START" => JsonSerializer.Deserialize(utf8, FrameJson.Default.TextMessageStart),
        "TEXT_MESSAGE_END" => JsonSerializer.Deserialize(utf8, FrameJson.Default.TextMessageEnd),
        "RUN_STARTED" => JsonSerializer.Deserialize(utf8, FrameJson.Default.RunStarted),
        "RUN_FINISHED" => JsonSerializer.Deserialize(utf8, FrameJson.Default.RunFinished),
        "RUN_ERROR" => JsonSerializer.Deserialize(utf8, FrameJson.Default.RunError),
        "STEP_STARTED" => JsonSerializer.Deserialize(utf8, FrameJson.Default.StepStarted),
        "STEP_FINISHED" => JsonSerializer.Deserialize(utf8, FrameJson.Default.StepFinished),
        "TOOL_CALL_START" => JsonSerializer.Deserialize(utf8, FrameJson.Default.ToolCallStart),
        "TOOL_CALL_ARGS" => JsonSerializer.Deserialize(utf8, FrameJson.Default.ToolCallArgs),
        "TOOL_CALL_END" => JsonSerializer.Deserialize(utf8, FrameJson.Default.ToolCallEnd),
        "TOOL_CALL_RESULT" => JsonSerializer.Deserialize(utf8, FrameJson.Default.ToolCallResult),
        "REASONING_MESSAGE_START" => JsonSerializer.Deserialize(utf8, FrameJson.Default.ReasoningMessageStart),
        "REASONING_MESSAGE_CONTENT" => JsonSerializer.Deserialize(utf8, FrameJson.Default.ReasoningMessageContent),
        "REASONING_MESSAGE_END" => JsonSerializer.Deserialize(utf8, FrameJson.Default.ReasoningMessageEnd),
        "STATE_SNAPSHOT" => JsonSerializer.Deserialize(utf8, FrameJson.Default.StateSnapshot),
        "STATE_DELTA" => JsonSerializer.Deserialize(utf8, FrameJson.Default.StateDelta),
        "MESSAGES_SNAPSHOT" => JsonSerializer.Deserialize(utf8, FrameJson.Default.MessagesSnapshot),
        "CUSTOM" => JsonSerializer.Deserialize(utf8, FrameJson.Default.CustomEvent),
        "welcome" => JsonSerializer.Deserialize(utf8, FrameJson.Default.WelcomeFrame),
        "accepted" => JsonSerializer.Deserialize(utf8, FrameJson.Default.AcceptedFrame),
        "error" => JsonSerializer.Deserialize(utf8, FrameJson.Default.ErrorFrame),
        "joined" => JsonSerializer.Deserialize(utf8, FrameJson.Default.JoinedFrame),
        "left" => JsonSerializer.Deserialize(utf8, FrameJson.Default.LeftFrame),
        "reconnect" => JsonSerializer.Deserialize(utf8, FrameJson.Default.ReconnectFrame),
        "authenticated" => JsonSerializer.Deserialize(utf8, FrameJson.Default.AuthenticatedFrame),
        "pong" => JsonSerializer.Deserialize(utf8, FrameJson.Default.PongFrame),
        _ => Unknown(type, JsonElement.Parse(utf8)),
    };

    private static object Unknown(string type, JsonElement frame) =>
        frame.TryGetProperty("runId", out var id) && id.ValueKind == JsonValueKind.String && id.TryGetGuid(out var runId)
        && frame.TryGetProperty("seq", out var s) && s.ValueKind == JsonValueKind.Number && s.TryGetInt64(out var seq)
            ? new UnknownRunEvent
            {
                Type = type,
                Frame = frame,
                RunId = runId,
                Seq = seq,
                FromSeq = frame.TryGetProperty("fromSeq", out var from) && from.TryGetInt64(out var first) ? first : null,
                Attempt = frame.TryGetProperty("attempt", out var a) && a.TryGetInt32(out var attempt) ? attempt : 1,
            }
            : new ServerFrame(type, frame);

    /// <summary>The <c>type</c> on the outermost level, wherever it stands.</summary>
    private static string? TypeOf(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType)
            {
                return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }

            reader.Skip();
        }

        return null;
    }
}
