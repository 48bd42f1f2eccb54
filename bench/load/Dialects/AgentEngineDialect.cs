using System.Text.Json;

namespace StreamChat.Load.Dialects;

/// <summary>The agent engine's: deltas. A connection is one conversation, so later runs have a history.</summary>
internal sealed class AgentEngineDialect : ILoadDialect
{
    public string Path => "/ws/agent";

    public ReadOnlyMemory<byte> Ping { get; } = """{"type":"ping"}"""u8.ToArray();

    public void WriteRequest(Utf8JsonWriter json, string runId, string prompt)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "streaming_query"u8);
        json.WriteString("query"u8, prompt);
        json.WriteEndObject();
    }

    public LoadFrame Read(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> runId)
    {
        var frame = FlatFrame.Read(utf8, "error"u8);
        return frame.Type.SequenceEqual("stream_chunk"u8) ? new() { Kind = FrameKind.Content, Text = frame.Content }
            : frame.Type.SequenceEqual("stream_end"u8) ? new() { Kind = FrameKind.Finished }
            : frame.Type.SequenceEqual("connected"u8) ? new() { Kind = FrameKind.Welcome }
            : frame.Type.SequenceEqual("error"u8) ? new() { Kind = FrameKind.Failed, Code = frame.Other }
            : default;
    }
}
