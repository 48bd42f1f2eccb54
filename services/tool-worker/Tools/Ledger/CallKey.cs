using System.Security.Cryptography;
using System.Text.Json;
using StreamChat.Contracts.Tools;

namespace StreamChat.ToolWorker.Tools.Ledger;

/// <summary>Which call it is, and what it asks for: two calls of one key that ask for different things are a mistake.</summary>
/// <param name="RunId">The run.</param>
/// <param name="ToolCallId">The call within it.</param>
/// <param name="Fingerprint">A hash of the user, the tool and the arguments, whose properties may stand in any order.</param>
internal sealed record CallKey(string RunId, string ToolCallId, string Fingerprint)
{
    private const int MaxIdLength = 200;

    /// <exception cref="ToolException">The call has an id that cannot be kept.</exception>
    public static CallKey Of(CallTool call)
    {
        var id = call.ToolCallId;
        if (id.Length is 0 or > MaxIdLength || id.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
        {
            throw new ToolException($"The call needs an id of at most {MaxIdLength} plain characters.");
        }

        return new CallKey(call.RunId.ToString("D"), id, Print(call));
    }

    private static string Print(CallTool call)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter writer = new(text))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(call.UserId);
            writer.WriteStringValue(call.Name);
            Write(writer, call.Arguments);
            writer.WriteEndArray();
        }

        return Convert.ToHexStringLower(SHA256.HashData(text.GetBuffer().AsSpan(0, (int)text.Length)));
    }

    // as deep as the reader of the message allows, which is bounded
    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Undefined:
                writer.WriteNullValue();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
