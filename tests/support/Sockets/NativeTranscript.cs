using System.Text.Json;

namespace StreamChat.TestSupport.Sockets;

/// <summary>All that a run said to a client, in order.</summary>
public sealed class NativeTranscript
{
    private readonly List<JsonElement> _frames = [];

    /// <summary>Every frame of the run, <c>accepted</c> first.</summary>
    public IReadOnlyList<JsonElement> Frames => _frames;

    /// <summary>Types of the frames.</summary>
    public IEnumerable<string> Types => _frames.Select(TypeOf);

    /// <summary>The run's id.</summary>
    public Guid RunId => _frames[0].GetProperty("runId").GetGuid();

    /// <summary>The thread that the run belongs to, as <c>accepted</c> says.</summary>
    public string? ThreadId => Accepted("threadId");

    /// <summary>The trace id that the client was told.</summary>
    public string? TraceId => Accepted("traceId");

    /// <summary>The text of all messages, one after the other.</summary>
    public string Text => string.Concat(Of("TEXT_MESSAGE_CONTENT").Select(f => f.GetProperty("delta").GetString()));

    /// <summary>Names of the tools called, in order.</summary>
    public IReadOnlyList<string> ToolCalls => [.. Of("TOOL_CALL_START").Select(f => f.GetProperty("toolCallName").GetString()!)];

    /// <summary>The run's end, or a refusal of the request; null while there is none.</summary>
    public JsonElement? Terminal => _frames.Where(IsTerminal).Select(f => (JsonElement?)f).LastOrDefault();

    /// <summary>Whether the run has ended in <c>RUN_FINISHED</c>.</summary>
    public bool Finished => Terminal is { } end && TypeOf(end) == "RUN_FINISHED";

    /// <summary>The frames of one type.</summary>
    public IEnumerable<JsonElement> Of(string type) => _frames.Where(f => TypeOf(f) == type);

    /// <summary>The highest position seen; 0 for none.</summary>
    public long LastSeq => _frames.Select(f => f.TryGetProperty("seq", out var seq) ? seq.GetInt64() : 0).DefaultIfEmpty().Max();

    public override string ToString() => string.Join('\n', _frames.Select(f => f.GetRawText()));

    internal void Add(JsonElement frame) => _frames.Add(frame);

    internal static string TypeOf(JsonElement frame) =>
        frame.ValueKind == JsonValueKind.Object && frame.TryGetProperty("type", out var type) ? type.GetString() ?? "" : "";

    private static bool IsTerminal(JsonElement frame) => TypeOf(frame) is "RUN_FINISHED" or "RUN_ERROR" or "error";

    private string? Accepted(string property) =>
        Of("accepted").Select(f => f.TryGetProperty(property, out var value) ? value.GetString() : null).FirstOrDefault();
}
