using System.Text.Json;

namespace StreamChat.Load.Dialects;

/// <summary>The personal assistant's: every frame holds the whole answer so far, the last one twice.</summary>
internal sealed class AssistantDialect : ILoadDialect
{
    public string Path => "/ws";

    public ReadOnlyMemory<byte> Ping { get; } = """{"type":"ping","content":{}}"""u8.ToArray();

    public void WriteRequest(Utf8JsonWriter json, string runId, string prompt)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "chat"u8);
        json.WriteString("content"u8, prompt);
        json.WriteStartObject("metadata"u8);
        json.WriteString("conversation_id"u8, $"load-{runId}");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public LoadFrame Read(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> runId)
    {
        ReadOnlySpan<byte> type = default;
        var content = new Content();
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        while (reader.ReadProperty())
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = reader.ReadText();
            }
            else if (!reader.ValueTextEquals("content"u8))
            {
                reader.Skip();
            }
            else if (reader.ReadIntoObject())
            {
                content.Read(ref reader);
            }
        }

        return type.SequenceEqual("ai_response"u8)
            ? new() { Kind = content.IsFinished ? FrameKind.Finished : FrameKind.Content, Text = content.Answer, Form = TextForm.Snapshot }
            : type.SequenceEqual("connect"u8) ? new() { Kind = FrameKind.Welcome }
            : type.SequenceEqual("ai_error"u8) ? new() { Kind = FrameKind.Failed, Code = "ai_error"u8 }
            : type.SequenceEqual("error"u8) ? new() { Kind = FrameKind.Failed, Code = content.ErrorCode }
            : default;
    }

    private ref struct Content
    {
        public ReadOnlySpan<byte> Answer { get; private set; }

        public ReadOnlySpan<byte> ErrorCode { get; private set; }

        public bool IsFinished { get; private set; }

        public void Read(scoped ref Utf8JsonReader reader)
        {
            while (reader.ReadProperty())
            {
                if (reader.ValueTextEquals("raw_response"u8))
                {
                    Answer = reader.ReadText();
                }
                else if (reader.ValueTextEquals("is_finished"u8))
                {
                    reader.Read();
                    IsFinished = reader.TokenType == JsonTokenType.True;
                }
                else if (reader.ValueTextEquals("error_code"u8))
                {
                    ErrorCode = reader.ReadText();
                }
                else
                {
                    reader.Skip();
                }
            }
        }
    }
}
