using System.Text.Json;
using StreamChat.Gateway.Cluster;

namespace StreamChat.Gateway.Dialects.YYChat;

/// <summary>Writes the frames that one client of YYChat gets.</summary>
internal sealed class YYChatFrameWriter(string clientId, int maxConnections)
{
    /// <summary>The connection's name for its client.</summary>
    public string ClientId => clientId;

    public void Greeting(DateTimeOffset now, IFrameOutput output) => Notice("connection_established"u8, "连接已建立", now, output);

    public void Goodbye(DateTimeOffset now, IFrameOutput output) => Notice("connection_closed"u8, "连接已关闭", now, output);

    /// <summary>A frame that says no more than its type.</summary>
    public void Plain(ReadOnlySpan<byte> type, DateTimeOffset now, IFrameOutput output) => End(FrameJson.Begin(output, type), now, output);

    public void Status(DialectNumbers numbers, DateTimeOffset now, IFrameOutput output)
    {
        var status = YYChatStatus.Of(numbers, maxConnections, now);
        var json = FrameJson.Begin(output, "status_response"u8);
        json.WriteStartObject("data"u8);
        json.WriteNumber("total_connections"u8, status.TotalConnections);
        json.WriteNumber("active_connections"u8, status.ActiveConnections);
        json.WriteNumber("total_messages"u8, status.TotalMessages);
        json.WriteNumber("max_connections"u8, status.MaxConnections);
        json.WriteNumber("uptime"u8, status.Uptime);
        json.WriteEndObject();
        End(json, now, output);
    }

    public void Chunk(string content, DateTimeOffset now, IFrameOutput output)
    {
        var json = FrameJson.Begin(output, "stream_chunk"u8);
        json.WriteString("content"u8, content);
        End(json, now, output);
    }

    public void StreamEnd(string content, DateTimeOffset now, IFrameOutput output)
    {
        var json = FrameJson.Begin(output, "stream_end"u8);
        json.WriteString("full_content"u8, content);
        End(json, now, output);
    }

    public void Whole(string content, string? conversationId, DateTimeOffset now, IFrameOutput output)
    {
        var json = FrameJson.Begin(output, "text_response"u8);
        json.WriteString("content"u8, content);
        json.WriteString("conversation_id"u8, conversationId);
        End(json, now, output);
    }

    /// <param name="fault">What went wrong.</param>
    /// <param name="now">The time.</param>
    /// <param name="output">Where to.</param>
    /// <param name="plainMessage">The text once more in the form of another protocol, where it is not known which is spoken.</param>
    public void Error(YYChatFault fault, DateTimeOffset now, IFrameOutput output, string? plainMessage = null)
    {
        var json = FrameJson.Begin(output, "error"u8);
        if (plainMessage is not null)
        {
            json.WriteString("message"u8, plainMessage);
        }

        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, fault.Message);
        json.WriteString("type"u8, fault.Kind.Type);
        json.WriteString("code"u8, fault.Kind.Code);
        json.WriteEndObject();
        if (fault.Stamp >= YYChatStamp.Time)
        {
            Time(json, now);
        }

        if (fault.Stamp == YYChatStamp.TimeAndClient)
        {
            json.WriteString("client_id"u8, clientId);
        }

        FrameJson.End(json, output);
    }

    private void Notice(ReadOnlySpan<byte> type, string message, DateTimeOffset now, IFrameOutput output)
    {
        var json = FrameJson.Begin(output, type);
        json.WriteString("client_id"u8, clientId);
        Time(json, now);
        json.WriteString("message"u8, message);
        FrameJson.End(json, output);
    }

    private void End(Utf8JsonWriter json, DateTimeOffset now, IFrameOutput output)
    {
        Time(json, now);
        json.WriteString("client_id"u8, clientId);
        FrameJson.End(json, output);
    }

    private static void Time(Utf8JsonWriter json, DateTimeOffset now) => json.WriteNumber("timestamp"u8, (now - DateTimeOffset.UnixEpoch).TotalSeconds);
}
