using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StreamChat.Gateway.Dialects.Assistant;

/// <summary>JSON as this protocol writes it, and what others wrote as JSON.</summary>
internal static class AssistantJson
{
    public static readonly JsonWriterOptions Options = new()
    {
        // frames are not put into HTML; raw text is shorter and readable
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>A value by itself.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Options);
        write(json);
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the value whose JSON text it is, or else the text.</summary>
    public static void WriteParsed(this Utf8JsonWriter json, string text, int maxDepth)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        try
        {
            using var value = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = maxDepth });
            json.WriteRawValue(utf8, skipInputValidation: true);
        }
        catch (JsonException)
        {
            json.WriteStringValue(utf8);
        }
    }
}
