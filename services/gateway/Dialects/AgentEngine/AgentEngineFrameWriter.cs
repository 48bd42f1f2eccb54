using System.Text.Json;

namespace StreamChat.Gateway.Dialects.AgentEngine;

/// <summary>Writes the frames that a client of the agent engine gets.</summary>
internal readonly struct AgentEngineFrameWriter(IFrameOutput output, DateTimeOffset now)
{
    /// <summary>The one frame without a time.</summary>
    public void Connected(string connectionId)
    {
        var json = FrameJson.Begin(output, "connected"u8);
        json.WriteString("connection_id"u8, connectionId);
        json.WriteString("message"u8, "Connected to Agent WebSocket"u8);
        FrameJson.End(json, output);
    }

    /// <summary>A frame that says only what it is.</summary>
    public void Mark(ReadOnlySpan<byte> type) => End(FrameJson.Begin(output, type));

    public void Processing()
    {
        var json = FrameJson.Begin(output, "status"u8);
        json.WriteString("status"u8, "processing"u8);
        End(json);
    }

    public void Response(string content, string vendor)
    {
        var json = FrameJson.Begin(output, "agent_response"u8);
        json.WriteString("content"u8, content);
        json.WriteString("vendor"u8, vendor);
        End(json);
    }

    public void Chunk(string text)
    {
        var json = FrameJson.Begin(output, "stream_chunk"u8);
        json.WriteString("content"u8, text);
        End(json);
    }

    public void ToolResult(string tool, JsonElement? result)
    {
        var json = FrameJson.Begin(output, "tool_result"u8);
        json.WriteString("tool_name"u8, tool);
        json.WritePropertyName("result"u8);
        if (result is { } value)
        {
            value.WriteTo(json);
        }
        else
        {
            json.WriteNullValue();
        }

        End(json);
    }

    public void Error(string error)
    {
        var json = FrameJson.Begin(output, "error"u8);
        json.WriteString("error"u8, error);
        End(json);
    }

    private void End(Utf8JsonWriter json)
    {
        json.WriteNumber("timestamp"u8, now.ToUnixTimeMilliseconds() / 1000d);
        FrameJson.End(json, output);
    }
}
