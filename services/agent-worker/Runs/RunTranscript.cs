using System.Text;
using System.Text.Json;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Runs;

/// <summary>
/// What a run adds to its thread: written as it is said, so that what stood when it was stopped is kept and marked. Written by the
/// run, read by its checkpoints as well.
/// </summary>
internal sealed class RunTranscript(Guid runId)
{
    private const string Assistant = "assistant";

    private readonly Lock _lock = new();
    private readonly List<StoredMessage> _messages = [];
    private readonly StringBuilder _text = new();
    private string? _messageId;

    /// <summary>Name of the agent that the thread is with; null until one has begun.</summary>
    public string? Agent { get; set; }

    /// <summary>The thread's context as the run leaves it, a JSON object; null when it is as it was.</summary>
    public string? Context { get; set; }

    /// <summary>Who answered and what it took, as <see cref="RunFinished.Result"/>; null until a model has.</summary>
    public JsonElement? Result { get; set; }

    public void Add(StoredMessage message)
    {
        lock (_lock)
        {
            _messages.Add(message with { RunId = runId });
        }
    }

    public void BeginText(string messageId)
    {
        lock (_lock)
        {
            _messageId = messageId;
        }
    }

    public void AppendText(string delta)
    {
        lock (_lock)
        {
            _text.Append(delta);
        }
    }

    /// <summary>The assistant's message is complete.</summary>
    /// <param name="messageId">Its id.</param>
    /// <param name="toolCalls">The tool calls made in it, as JSON, or null.</param>
    public void EndMessage(string messageId, string? toolCalls)
    {
        lock (_lock)
        {
            if (_text.Length > 0 || toolCalls is not null)
            {
                _messages.Add(new StoredMessage { MessageId = messageId, Role = Assistant, Content = _text.ToString(), ToolCalls = toolCalls, RunId = runId, Agent = Agent });
            }

            _text.Clear();
            _messageId = null;
        }
    }

    /// <summary>The messages so far; one that was not completed is marked as partial.</summary>
    public IReadOnlyList<StoredMessage> Messages()
    {
        lock (_lock)
        {
            return _messageId is null || _text.Length == 0
                ? [.. _messages]
                : [.. _messages, new StoredMessage { MessageId = _messageId, Role = Assistant, Content = _text.ToString(), RunId = runId, Agent = Agent, Partial = true }];
        }
    }

    /// <summary>The position behind all messages that are complete.</summary>
    public TranscriptPosition End()
    {
        lock (_lock)
        {
            return new TranscriptPosition(_messages.Count, 0);
        }
    }

    /// <summary>What the assistant has said since a position.</summary>
    /// <param name="since">The position.</param>
    /// <param name="now">The position behind it.</param>
    public IReadOnlyList<SaidPiece> SaidSince(TranscriptPosition since, out TranscriptPosition now)
    {
        lock (_lock)
        {
            List<SaidPiece> said = [];
            for (var i = since.Message; i < _messages.Count; i++)
            {
                var from = i == since.Message ? since.Chars : 0;
                if (_messages[i] is { Role: Assistant } message && message.Content.Length > from)
                {
                    said.Add(new SaidPiece(message.MessageId, from, message.Content[from..]));
                }
            }

            var begin = since.Message == _messages.Count ? since.Chars : 0;
            var end = _messageId is null ? begin : WholeLength();
            if (end > begin)
            {
                said.Add(new SaidPiece(_messageId!, begin, _text.ToString(begin, end - begin)));
            }

            now = new TranscriptPosition(_messages.Count, Math.Max(begin, end));
            return said;
        }
    }

    // half a character waits for its other half: no database takes it
    private int WholeLength() => _text.Length > 0 && char.IsHighSurrogate(_text[^1]) ? _text.Length - 1 : _text.Length;
}

/// <summary>A place in what a run says.</summary>
/// <param name="Message">How many messages are complete before it.</param>
/// <param name="Chars">How much of the next one lies before it, in characters.</param>
internal readonly record struct TranscriptPosition(int Message, int Chars) : IComparable<TranscriptPosition>
{
    public int CompareTo(TranscriptPosition other) => (Message, Chars).CompareTo((other.Message, other.Chars));
}
