using System.Text;
using System.Text.Json;

namespace StreamChat.TestSupport.Sockets;

/// <summary>
/// What a client saw of one run. Checks what every client relies on as it goes: <c>accepted</c> first, <c>seq</c> without gap,
/// duplicate or swap, nothing after the end.
/// </summary>
/// <param name="runId">The run.</param>
/// <param name="asked">False for a client that only sees it, and so is told nothing of its acceptance.</param>
/// <param name="attempt">The attempt that it begins to see.</param>
/// <param name="afterSeq">The event after which it begins.</param>
public sealed class Transcript(Guid runId, bool asked = true, int attempt = 1, long afterSeq = 0)
{
    private readonly StringBuilder _text = new();
    private readonly List<ToolCall> _toolCalls = [];
    private long _lastSeq = afterSeq;

    /// <summary>The run.</summary>
    public Guid RunId => runId;

    /// <summary>Types of the frames, in order; runs of text deltas as one.</summary>
    public List<string> Types { get; } = [];

    /// <summary>The newest event seen.</summary>
    public long LastSeq => _lastSeq;

    /// <summary>All text of the newest attempt.</summary>
    public string Text => _text.ToString();

    /// <summary>The contents of the messages of a snapshot, if one came.</summary>
    public IReadOnlyList<string?>? Snapshot { get; private set; }

    /// <summary>What the assistant says in that snapshot.</summary>
    public string? SnapshotText { get; private set; }

    /// <summary>The tool calls.</summary>
    public IReadOnlyList<ToolCall> ToolCalls => _toolCalls;

    /// <summary>The custom events, whole.</summary>
    public List<JsonElement> Customs { get; } = [];

    /// <summary>From <c>accepted</c>.</summary>
    public string? ThreadId { get; private set; }

    /// <summary>From <c>accepted</c>.</summary>
    public string? TraceId { get; private set; }

    /// <summary>The newest attempt seen.</summary>
    public int Attempt { get; private set; } = attempt;

    /// <summary>Whether the end was seen.</summary>
    public bool Ended => End is not null;

    /// <summary>RUN_FINISHED, RUN_ERROR or error.</summary>
    public string? End { get; private set; }

    /// <summary>The code of an end that is an error.</summary>
    public string? Code { get; private set; }

    /// <summary>How many text frames.</summary>
    public int Deltas { get; private set; }

    /// <summary>The numbers of <c>/load</c>: the tokens' <c>i</c> in the order of arrival, or in the snapshot that stands for them.</summary>
    public IReadOnlyList<int> LoadNumbers => [.. (SnapshotText ?? Text).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(t => int.Parse(t.AsSpan(0, t.IndexOf('@', StringComparison.Ordinal)), provider: null))];

    /// <summary>Takes a frame; one of another run is passed over.</summary>
    /// <exception cref="InvalidOperationException">The protocol was broken.</exception>
    public void Add(JsonElement frame)
    {
        if (!frame.TryGetProperty("runId", out var id) || id.GetGuid() != runId)
        {
            return;
        }

        var type = frame.GetProperty("type").GetString()!;
        Require(!Ended, $"{type} after the end");
        switch (type)
        {
            case "accepted":
                Require(asked, "accepted, but not asked for");
                ThreadId = frame.GetProperty("threadId").GetString();
                TraceId = frame.GetProperty("traceId").GetString();
                break;
            case "error":
                (End, Code) = (type, frame.GetProperty("code").GetString());
                break;
            default:
                Require(ThreadId is not null || !asked, $"{type} before accepted");
                AddEvent(type, frame);
                break;
        }

        if (type != "TEXT_MESSAGE_CONTENT" || Types.LastOrDefault() != type)
        {
            Types.Add(type);
        }
    }

    private void AddEvent(string type, JsonElement frame)
    {
        var current = frame.TryGetProperty("attempt", out var a) ? a.GetInt32() : 1;
        if (current != Attempt)
        {
            Require(current > Attempt && type == "RUN_STARTED" && frame.GetProperty("keepMessages").GetInt32() == 0, $"{type} of attempt {current} after {Attempt}");
            (Attempt, _lastSeq) = (current, 0);
            _text.Clear();
            _toolCalls.Clear();
            (Snapshot, SnapshotText) = (null, null);
        }

        var seq = frame.GetProperty("seq").GetInt64();
        var from = frame.TryGetProperty("fromSeq", out var f) ? f.GetInt64() : seq;
        Require(from == _lastSeq + 1 && seq >= from, $"{type} covers {from} to {seq} after {_lastSeq}");
        _lastSeq = seq;
        switch (type)
        {
            case "TEXT_MESSAGE_CONTENT":
                _text.Append(frame.GetProperty("delta").GetString());
                Deltas++;
                break;
            case "TOOL_CALL_START":
                _toolCalls.Add(new ToolCall(frame.GetProperty("toolCallId").GetString()!, frame.GetProperty("toolCallName").GetString()!));
                break;
            case "TOOL_CALL_ARGS":
                Call(frame).Arguments += frame.GetProperty("delta").GetString();
                break;
            case "TOOL_CALL_RESULT":
                Call(frame).Result = frame.GetProperty("content").GetString();
                Call(frame).IsError = frame.TryGetProperty("isError", out var e) && e.GetBoolean();
                break;
            case "CUSTOM":
                Customs.Add(frame);
                break;
            case "MESSAGES_SNAPSHOT":
                Snapshot = [.. frame.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("content").GetString())];
                SnapshotText = string.Concat(frame.GetProperty("messages").EnumerateArray()
                    .Where(m => m.GetProperty("role").GetString() == "assistant")
                    .Select(m => m.GetProperty("content").GetString()));
                break;
            case "RUN_FINISHED":
                End = type;
                break;
            case "RUN_ERROR":
                (End, Code) = (type, frame.GetProperty("code").GetString());
                break;
        }
    }

    private ToolCall Call(JsonElement frame) => _toolCalls.Single(c => c.Id == frame.GetProperty("toolCallId").GetString());

    private void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"Run {runId}: {problem}.");
        }
    }
}

/// <summary>A tool call as seen by a client.</summary>
public sealed class ToolCall(string id, string name)
{
    /// <summary>Its id.</summary>
    public string Id => id;

    /// <summary>The tool.</summary>
    public string Name => name;

    /// <summary>The arguments' JSON text.</summary>
    public string Arguments { get; set; } = "";

    /// <summary>The result, once there.</summary>
    public string? Result { get; set; }

    /// <summary>Whether the result is an error.</summary>
    public bool IsError { get; set; }
}
