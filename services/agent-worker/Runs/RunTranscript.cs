using System.Text;
using System.Text.Json;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Runs;

/// <summary>What a run adds to its thread: written as it is said, so that what stood when it was stopped is kept and marked.</summary>
internal sealed class RunTranscript(Guid runId)
{
    private readonly List<StoredMessage> _messages = [];
    private readonly StringBuilder _text = new();
    private string? _messageId;

    /// <summary>Name of the agent that the thread is with; null until one has begun.</summary>
    public string? Agent { get; set; }

    /// <summary>The thread's context as the run leaves it, a JSON object; null when it is as it was.</summary>
    public string? Context { get; set; }

    /// <summary>Who answered and what it took, as <see cref="RunFinished.Result"/>; null until a model has.</summary>
    public JsonElement? Result { get; set; }

    public void Add(StoredMessage message) => _messages.Add(message with { RunId = runId });

    public void BeginText(string messageId) => _messageId = messageId;

    public void AppendText(string delta) => _text.Append(delta);

    /// <summary>The assistant's message is complete.</summary>
    /// <param name="messageId">Its id.</param>
    /// <param name="toolCalls">The tool calls made in it, as JSON, or null.</param>
    public void EndMessage(string messageId, string? toolCalls)
    {
        if (_text.Length > 0 || toolCalls is not null)
        {
            Add(new StoredMessage { MessageId = messageId, Role = "assistant", Content = _text.ToString(), ToolCalls = toolCalls, Agent = Agent });
        }

        _text.Clear();
        _messageId = null;
    }

    /// <summary>The messages so far; one that was not completed is marked as partial.</summary>
    public IReadOnlyList<StoredMessage> Messages()
    {
        if (_messageId is null || _text.Length == 0)
        {
            return _messages;
        }

        var partial = new StoredMessage { MessageId = _messageId, Role = "assistant", Content = _text.ToString(), RunId = runId, Agent = Agent, Partial = true };
        return [.. _messages, partial];
    }
}
