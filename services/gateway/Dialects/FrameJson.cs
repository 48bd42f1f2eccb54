using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StreamChat.Gateway.Dialects;

/// <summary>Writes frames that are one JSON object each.</summary>
internal static class FrameJson
{
    public static readonly JsonWriterOptions Options = new()
    {
        // frames are not put into HTML; raw text is shorter and readable
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>
    /// Where a writer that is kept points to between two frames, so that it holds on to no connection's buffer. Not
    /// <see cref="Stream.Null"/>, with which it would make a buffer of its own each time.
    /// </summary>
    public static readonly IBufferWriter<byte> Nowhere = new ArrayBufferWriter<byte>();

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>Begins a frame with its type; <see cref="End"/> ends it. One at a time on a thread.</summary>
    public static Utf8JsonWriter Begin(IFrameOutput output, ReadOnlySpan<byte> type)
    {
        var json = Take(output);
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        return json;
    }

    public static void End(Utf8JsonWriter json, IFrameOutput output)
    {
        json.WriteEndObject();
        Release(json, output);
    }

    /// <summary>A frame as it stands.</summary>
    public static void Write(JsonElement frame, IFrameOutput output)
    {
        var json = Take(output);
        frame.WriteTo(json);
        Release(json, output);
    }

    /// <summary>A writer for a frame whose object is still to be opened; <see cref="End"/> ends it. One at a time on a thread.</summary>
    public static Utf8JsonWriter Take(IFrameOutput output)
    {
        var json = _writer ??= new Utf8JsonWriter(output, Options);
        json.Reset(output);
        return json;
    }

    private static void Release(Utf8JsonWriter json, IFrameOutput output)
    {
        json.Flush();
        json.Reset(Nowhere);
        output.EndFrame();
    }
}
