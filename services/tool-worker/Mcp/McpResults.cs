using System.Text.Encodings.Web;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>
/// What a server's tool returned, as a model that reads text can use it: structured content as it is, text as text, several pieces
/// as an array of them. Of pictures, sounds and binary files the kind and the size are told.
/// </summary>
internal static class McpResults
{
    private const int MaxErrorChars = 8 * 1024;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="ToolException">The tool says that it failed; with its words.</exception>
    public static JsonElement ToJson(CallToolResult result)
    {
        if (result.IsError == true)
        {
            var error = Text(result.Content);
            throw new ToolException(error.Length == 0 ? "The tool failed and did not say why." : Shorten(error, MaxErrorChars));
        }

        if (result.StructuredContent is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } structured)
        {
            return structured;
        }

        return result.Content.All(c => c is TextContentBlock)
            ? Write(json => json.WriteStringValue(Text(result.Content)))
            : Write(json => WritePieces(json, result.Content));
    }

    /// <summary>The beginning of a text that may be long.</summary>
    public static string Shorten(string text, int maxChars) => text.Length <= maxChars ? text : $"{text[..maxChars]}…";

    private static string Text(IEnumerable<ContentBlock> content) => string.Join('\n', content.OfType<TextContentBlock>().Select(t => t.Text));

    private static void WritePieces(Utf8JsonWriter json, IEnumerable<ContentBlock> content)
    {
        json.WriteStartArray();
        foreach (var piece in content)
        {
            json.WriteStartObject();
            json.WriteString("type", piece.Type);
            WritePiece(json, piece);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePiece(Utf8JsonWriter json, ContentBlock piece)
    {
        switch (piece)
        {
            case TextContentBlock text:
                json.WriteString("text", text.Text);
                break;
            case ImageContentBlock image:
                json.WriteString("mimeType", image.MimeType);
                json.WriteNumber("bytes", Size(image.Data));
                break;
            case AudioContentBlock audio:
                json.WriteString("mimeType", audio.MimeType);
                json.WriteNumber("bytes", Size(audio.Data));
                break;
            case ResourceLinkBlock link:
                json.WriteString("uri", link.Uri);
                json.WriteString("name", link.Name);
                WriteIfThere(json, "description", link.Description);
                WriteIfThere(json, "mimeType", link.MimeType);
                break;
            case EmbeddedResourceBlock { Resource: { } resource }:
                json.WriteString("uri", resource.Uri);
                WriteIfThere(json, "mimeType", resource.MimeType);
                WriteContents(json, resource);
                break;
        }
    }

    private static void WriteContents(Utf8JsonWriter json, ResourceContents resource)
    {
        if (resource is TextResourceContents text)
        {
            json.WriteString("text", text.Text);
        }
        else if (resource is BlobResourceContents blob)
        {
            json.WriteNumber("bytes", Size(blob.Blob));
        }
    }

    private static void WriteIfThere(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    // of base64: four characters for three bytes
    private static int Size(ReadOnlyMemory<byte> base64) => (base64.Length / 4 * 3) - base64.Span.Count((byte)'=');

    private static JsonElement Write(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Plain))
        {
            write(json);
        }

        return JsonElement.Parse(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }
}
