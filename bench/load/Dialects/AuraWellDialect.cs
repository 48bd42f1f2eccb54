using System.Text.Json;

namespace StreamChat.Load.Dialects;

/// <summary>The health adviser's: deltas, gathered for 20 ms, and the whole answer once more at the end.</summary>
internal sealed class AuraWellDialect : ILoadDialect
{
    public string Path => "/ws/chat";

    /// <summary>It has pings of the server only; this keeps a connection from being idle.</summary>
    public ReadOnlyMemory<byte> Ping { get; } = """{"type":"pong"}"""u8.ToArray();

    public Uri Address(Uri url, string user)
    {
        var address = new UriBuilder(url);
        address.Path = $"{address.Path.TrimEnd('/')}/{user}";
        return address.Uri;
    }

    // general, as an adviser's checks take no prompt of a load generator; memory goes by member
    public void WriteRequest(Utf8JsonWriter json, string runId, string prompt)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "general_chat"u8);
        json.WriteStartObject("data"u8);
        json.WriteString("message"u8, prompt);
        json.WriteEndObject();
        json.WriteString("conversation_id"u8, $"load-{runId}");
        json.WriteString("active_member_id"u8, $"load-{runId}");
        json.WriteEndObject();
    }

    public LoadFrame Read(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> runId)
    {
        ReadOnlySpan<byte> type = default, status = default, delta = default, whole = default, code = default;
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        while (reader.ReadProperty())
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = reader.ReadText();
            }
            else if (reader.ValueTextEquals("status"u8))
            {
                status = reader.ReadText();
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                delta = reader.ReadText();
            }
            else if (reader.ValueTextEquals("error_code"u8))
            {
                code = reader.ReadText();
            }
            else if (!reader.ValueTextEquals("data"u8))
            {
                reader.Skip();
            }
            else if (reader.ReadIntoObject())
            {
                whole = ReadAnswer(ref reader);
            }
        }

        return type.SequenceEqual("chat_stream"u8) ? new() { Kind = FrameKind.Content, Text = delta }
            : type.SequenceEqual("status_update"u8) && status.SequenceEqual("done"u8)
                ? new() { Kind = FrameKind.Finished, Text = whole, Form = TextForm.Repeat }
            : type.SequenceEqual("welcome"u8) ? new() { Kind = FrameKind.Welcome }
            : type.SequenceEqual("error"u8) ? new() { Kind = FrameKind.Failed, Code = code }
            : default;
    }

    private static ReadOnlySpan<byte> ReadAnswer(scoped ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> answer = default;
        while (reader.ReadProperty())
        {
            if (reader.ValueTextEquals("full_response"u8))
            {
                answer = reader.ReadText();
            }
            else
            {
                reader.Skip();
            }
        }

        return answer;
    }
}
