using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace StreamChat.IntegrationTests.Traces;

/// <summary>Writes what the server says into a trace, with placeholders for what differs each time.</summary>
internal static class TraceRecorder
{
    // nothing more comes when this long nothing has come; only used while recording
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1.5);

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task RecordAsync(TraceFile trace, TraceSocket socket)
    {
        var file = Path.Combine(TraceFile.Folder, trace.Name + ".trace");
        List<string> lines = [];
        foreach (var line in await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))
        {
            if (line.StartsWith("< ", StringComparison.Ordinal) || line.StartsWith("close", StringComparison.Ordinal))
            {
                continue;
            }

            lines.Add(line);
            if (line.StartsWith("> ", StringComparison.Ordinal))
            {
                await socket.SendAsync(line[2..]);
            }

            // a client that says several things without waiting has no line between them
            if (line.StartsWith("> ", StringComparison.Ordinal) || line.StartsWith("connect", StringComparison.Ordinal))
            {
                lines.AddRange(await AnswersAsync(socket));
            }
        }

        await File.WriteAllLinesAsync(file, lines, TestContext.Current.CancellationToken);
    }

    private static async Task<List<string>> AnswersAsync(TraceSocket socket)
    {
        List<JsonNode> frames = [];
        var closed = false;
        try
        {
            while (await socket.ReceiveAsync(Quiet) is { } frame)
            {
                frames.Add(frame);
            }

            closed = true;
        }
        catch (TimeoutException)
        {
            // that was all
        }

        List<string> lines = [.. TraceFrames.Fold(frames).Select(f => "< " + Placeholders(f)!.ToJsonString(Plain))];
        if (closed)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"close {(int?)socket.CloseStatus}"));
        }

        return lines;
    }

    private static JsonNode? Placeholders(JsonNode? node, string name = "")
    {
        switch (node)
        {
            case JsonObject o:
                return new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Placeholders(p.Value, p.Key))));
            case JsonArray when name == "agents":
                return "$any"; // long, the same in every frame, and tested by itself
            case JsonArray a:
                return new JsonArray([.. a.Select(n => Placeholders(n))]);
            case JsonValue v when v.GetValueKind() == JsonValueKind.String:
                var text = v.GetValue<string>();
                return Guid.TryParseExact(text, "D", out _) ? "$uuid"
                    : text.Length == 32 && text.All(char.IsAsciiHexDigitLower) ? "$hex32"
                    : DateTime.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? "$iso"
                    : DateTime.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? "$zulu"
                    : name is "connection_id" or "connectionId" ? "$same:connection"
                    : text;
            case JsonValue v when v.GetValueKind() == JsonValueKind.Number && name is "timestamp" or "uptime":
                return "$number";
            default:
                return node?.DeepClone();
        }
    }
}
