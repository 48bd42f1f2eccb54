using System.Text.Json;

namespace StreamChat.Load.Dialects;

/// <summary>YYChat's: deltas, and the whole answer once more at the end.</summary>
internal sealed class YYChatDialect : ILoadDialect
{
    public string Path => "/ws/chat";

    /// <summary>It greets who says nothing only after a while: two protocols share its path.</summary>
    public bool IsWelcomed => false;

    public ReadOnlyMemory<byte> Ping { get; } = """{"type":"heartbeat"}"""u8.ToArray();

    public void WriteRequest(Utf8JsonWriter json, string runId, string prompt)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "text_message"u8);
        json.WriteString("content"u8, prompt);
        json.WriteString("conversation_id"u8, $"load-{runId}");
        json.WriteEndObject();
    }

    public LoadFrame Read(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> runId)
    {
        var frame = FlatFrame.Read(utf8, "full_content"u8);
        return frame.Type.SequenceEqual("stream_chunk"u8) ? new() { Kind = FrameKind.Content, Text = frame.Content }
            : frame.Type.SequenceEqual("stream_end"u8) ? new() { Kind = FrameKind.Finished, Text = frame.Other, Form = TextForm.Repeat }
            : frame.Type.SequenceEqual("connection_established"u8) ? new() { Kind = FrameKind.Welcome }
            : frame.Type.SequenceEqual("error"u8) ? new() { Kind = FrameKind.Failed, Code = ReadCode(utf8) }
            : default;
    }

    private static ReadOnlySpan<byte> ReadCode(ReadOnlySpan<byte> utf8)
    {
        ReadOnlySpan<byte> code = default;
        var reader = new Utf8JsonReader(utf8);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("code"u8))
            {
                code = reader.ReadText();
            }
        }

        return code;
    }
}
