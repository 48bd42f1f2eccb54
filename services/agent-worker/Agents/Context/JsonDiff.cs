using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StreamChat.AgentWorker.Agents.Context;

/// <summary>What is different between two JSON objects, as JSON Patch (RFC 6902).</summary>
internal static class JsonDiff
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The operations that make one of the other; objects are compared member by member, anything else is replaced whole.</summary>
    /// <returns>Null when there is no difference.</returns>
    public static JsonElement? Between(JsonElement before, JsonElement after)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartArray();
        var found = Write(json, "", before, after);
        json.WriteEndArray();
        json.Flush();
        return found ? JsonElement.Parse(buffer.WrittenSpan) : null;
    }

    private static bool Write(Utf8JsonWriter json, string path, JsonElement before, JsonElement after)
    {
        var found = false;
        foreach (var member in before.EnumerateObject().Where(m => !after.TryGetProperty(m.Name, out _)))
        {
            Write(json, "remove", $"{path}/{Escape(member.Name)}", value: null);
            found = true;
        }

        foreach (var member in after.EnumerateObject())
        {
            var at = $"{path}/{Escape(member.Name)}";
            if (!before.TryGetProperty(member.Name, out var old))
            {
                Write(json, "add", at, member.Value);
                found = true;
            }
            else if (old.ValueKind == JsonValueKind.Object && member.Value.ValueKind == JsonValueKind.Object)
            {
                found |= Write(json, at, old, member.Value);
            }
            else if (!JsonElement.DeepEquals(old, member.Value))
            {
                Write(json, "replace", at, member.Value);
                found = true;
            }
        }

        return found;
    }

    private static void Write(Utf8JsonWriter json, string operation, string path, JsonElement? value)
    {
        json.WriteStartObject();
        json.WriteString("op"u8, operation);
        json.WriteString("path"u8, path);
        if (value is { } given)
        {
            json.WritePropertyName("value"u8);
            given.WriteTo(json);
        }

        json.WriteEndObject();
    }

    // RFC 6901: the tilde first, or it would be escaped twice
    private static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
