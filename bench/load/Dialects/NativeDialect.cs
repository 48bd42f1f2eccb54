using System.Text.Json;

namespace StreamChat.Load.Dialects;

/// <summary><c>streamchat.v1</c>: deltas with a run id. The only one that the peers of bench/peers speak as well.</summary>
internal sealed class NativeDialect : ILoadDialect
{
    public string Path => "/ws/v1";

    public string? SubProtocol => "streamchat.v1";

    public ReadOnlyMemory<byte> Ping { get; } = """{"type":"ping"}"""u8.ToArray();

    public void WriteRequest(Utf8JsonWriter json, string runId, string prompt)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "run"u8);
        json.WriteString("runId"u8, runId);
        json.WriteString("threadId"u8, $"load-{runId}");
        json.WriteStartArray("messages"u8);
        json.WriteStartObject();
        json.WriteString("role"u8, "user"u8);
        json.WriteString("content"u8, prompt);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes the frame that shows a run from the event after <paramref name="afterSeq"/> on.</summary>
    public static void WriteAttach(Utf8JsonWriter json, string runId, long afterSeq)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "attach"u8);
        json.WriteString("runId"u8, runId);
        json.WriteNumber("afterSeq"u8, afterSeq);
        json.WriteEndObject();
    }

    /// <summary>Writes the frame that stops a run.</summary>
    public static void WriteCancel(Utf8JsonWriter json, string runId)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "cancel"u8);
        json.WriteString("runId"u8, runId);
        json.WriteEndObject();
    }

    public LoadFrame Read(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> runId)
    {
        ReadOnlySpan<byte> type = default, delta = default, code = default;
        bool hasRun = false, isOurs = false;
        long seq = 0;
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        while (reader.ReadProperty())
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = reader.ReadText();
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                delta = reader.ReadText();
            }
            else if (reader.ValueTextEquals("code"u8))
            {
                code = reader.ReadText();
            }
            else if (reader.ValueTextEquals("runId"u8))
            {
                hasRun = true;
                isOurs = reader.ReadText().SequenceEqual(runId);
            }
            else if (reader.ValueTextEquals("seq"u8))
            {
                reader.Read();
                seq = reader.TokenType == JsonTokenType.Number ? reader.GetInt64() : 0;
            }
            else
            {
                reader.Skip();
            }
        }

        return new() { Kind = KindOf(type, hasRun, isOurs), Text = delta, Code = code, Seq = isOurs ? seq : 0 };
    }

    private static FrameKind KindOf(ReadOnlySpan<byte> type, bool hasRun, bool isOurs)
    {
        if (type.SequenceEqual("welcome"u8))
        {
            return FrameKind.Welcome;
        }

        if (type.SequenceEqual("error"u8) && (isOurs || !hasRun))
        {
            return FrameKind.Failed;
        }

        if (!isOurs)
        {
            return FrameKind.Other;
        }

        return type.SequenceEqual("TEXT_MESSAGE_CONTENT"u8) ? FrameKind.Content
            : type.SequenceEqual("RUN_FINISHED"u8) ? FrameKind.Finished
            : type.SequenceEqual("RUN_ERROR"u8) ? FrameKind.Failed
            : FrameKind.Other;
    }
}
