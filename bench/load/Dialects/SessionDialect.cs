using System.Text.Json;

namespace StreamChat.Load.Dialects;

/// <summary>The session protocol's, over a WebSocket: deltas and nothing else.</summary>
internal sealed class SessionDialect : ILoadDialect
{
    public string Path => "/ws/chat";

    /// <summary>It says nothing before it is asked.</summary>
    public bool IsWelcomed => false;

    public ReadOnlyMemory<byte> Ping => default;

    public void WriteRequest(Utf8JsonWriter json, string runId, string prompt)
    {
        json.WriteStartObject();
        json.WriteString("query"u8, prompt);
        json.WriteString("session_id"u8, $"load-{runId}");
        json.WriteEndObject();
    }

    public LoadFrame Read(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> runId)
    {
        var frame = FlatFrame.Read(utf8, "message"u8);
        return frame.Type.SequenceEqual("content"u8) ? new() { Kind = FrameKind.Content, Text = frame.Content }
            : frame.Type.SequenceEqual("done"u8) ? new() { Kind = FrameKind.Finished }
            : frame.Type.SequenceEqual("error"u8) ? new() { Kind = FrameKind.Failed, Code = frame.Other }
            : default;
    }
}
