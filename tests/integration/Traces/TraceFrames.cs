using System.Text.Json.Nodes;

namespace StreamChat.IntegrationTests.Traces;

/// <summary>
/// How many frames an answer comes in depends on the moment: neighbouring pieces of text may be one frame, and snapshots that
/// wait are replaced by newer ones. Both sides of a comparison are brought to one form: all text in one frame, the last snapshot.
/// </summary>
internal static class TraceFrames
{
    // fields of text pieces, and the types of the frames that carry them
    private static readonly (string Type, string Field)[] Pieces =
        [("chat_stream", "delta"), ("stream_chunk", "content"), ("content", "content"), ("TEXT_MESSAGE_CONTENT", "delta")];

    public static List<JsonNode> Fold(IEnumerable<JsonNode> frames)
    {
        List<JsonNode> folded = [];
        foreach (var frame in frames)
        {
            if (folded.LastOrDefault() is { } last && Joined(last, frame) is { } joined)
            {
                folded[^1] = joined;
            }
            else
            {
                folded.Add(frame);
            }
        }

        return folded;
    }

    private static JsonNode? Joined(JsonNode last, JsonNode next)
    {
        if (IsSnapshot(last) && IsSnapshot(next))
        {
            return next;
        }

        // the empty piece that ends a stream stays what it is
        var piece = Pieces.FirstOrDefault(p => Type(last) == p.Type && Type(next) == p.Type);
        if (piece.Field is null || next[piece.Field]?.GetValue<string>() is not { Length: > 0 } text)
        {
            return null;
        }

        var joined = next.DeepClone();
        joined[piece.Field] = last[piece.Field]?.GetValue<string>() + text;
        if (joined["seq"] is not null)
        {
            joined["fromSeq"] = last["fromSeq"]?.DeepClone() ?? last["seq"]!.DeepClone();
        }

        return joined;
    }

    private static bool IsSnapshot(JsonNode frame) =>
        Type(frame) == "ai_response" && frame["content"] is JsonObject content && content["is_finished"]?.GetValueKind() == System.Text.Json.JsonValueKind.False;

    private static string? Type(JsonNode frame) => (frame as JsonObject)?["type"] is JsonValue value && value.TryGetValue<string>(out var type) ? type : null;
}
