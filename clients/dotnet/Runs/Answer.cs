using System.Text;

namespace StreamChat.Client.Runs;

/// <summary>Where the text of an event stands in the answer.</summary>
/// <param name="Owner">The text that it is a part of, which only grows.</param>
/// <param name="From">Its first character.</param>
/// <param name="To">The character after its last.</param>
internal readonly record struct TextPlace(StringBuilder Owner, int From, int To)
{
    public override string ToString() => Owner.ToString(From, To - From);
}

/// <summary>
/// What a run has said so far, put together from its events: messages of the assistant with their tool calls, and results of tools. A new
/// attempt keeps the first few of them and says the rest anew.
/// </summary>
internal sealed class Answer
{
    private readonly List<Message> _messages = [];
    private readonly Dictionary<string, Call> _calls = [];
    private readonly Dictionary<string, StringBuilder> _thoughts = [];

    /// <summary>All that the assistant said.</summary>
    public string Text
    {
        get
        {
            var said = _messages.FindAll(m => m.IsAssistant);
            return said.Count == 1 ? said[0].Content.ToString() : string.Concat(said.Select(m => m.Content));
        }
    }

    public IReadOnlyList<AnswerMessage> Messages => [.. _messages.Select(m => m.Picture())];

    /// <summary>Takes an event.</summary>
    /// <returns>Where its text stands, if it is one that makes text grow.</returns>
    public TextPlace? Take(RunEvent e)
    {
        switch (e)
        {
            case TextMessageContent content:
                return Grow(MessageOf(content.MessageId).Content, content.Delta);
            case ReasoningMessageContent thought:
                return Grow(ThoughtOf(thought.MessageId), thought.Delta);
            case ToolCallArgs args:
                return _calls.TryGetValue(args.ToolCallId, out var call) ? Grow(call.Arguments, args.Delta) : null;
            case TextMessageStart start:
                MessageOf(start.MessageId);
                return null;
            case ToolCallStart start:
                StartCall(start);
                return null;
            case ToolCallResult result:
                _messages.Add(new(result.MessageId, result.Content) { ToolCallId = result.ToolCallId, IsError = result.IsError });
                return null;
            case MessagesSnapshot snapshot:
                Replace(snapshot.Messages);
                return null;
            default:
                return null;
        }
    }

    /// <summary>Drops all but the first few messages.</summary>
    public void Keep(int count)
    {
        if (count < _messages.Count)
        {
            _messages.RemoveRange(Math.Max(count, 0), _messages.Count - Math.Max(count, 0));
        }

        _thoughts.Clear();
        _calls.Clear();
        foreach (var call in _messages.SelectMany(m => m.Calls))
        {
            _calls[call.Id] = call;
        }
    }

    private static TextPlace Grow(StringBuilder owner, string delta)
    {
        var from = owner.Length;
        owner.Append(delta);
        return new(owner, from, owner.Length);
    }

    /// <summary>A snapshot tells of the whole conversation: what comes after the last question is this run's.</summary>
    private void Replace(IReadOnlyList<InputMessage> messages)
    {
        Keep(0);
        var question = messages.ToList().FindLastIndex(m => m.Role == "user");
        foreach (var message in messages.Skip(question + 1))
        {
            if (message.Role == "tool" || (message.Role == "assistant" && !string.IsNullOrEmpty(message.Content)))
            {
                _messages.Add(new(message.Id, message.Content ?? "") { IsAssistant = message.Role == "assistant" });
            }
        }
    }

    private void StartCall(ToolCallStart start)
    {
        // a call that names no message belongs to the one before it, or opens one
        var message = start.ParentMessageId is null && _messages is [.., { IsAssistant: true } last] ? last : MessageOf(start.ParentMessageId);
        var call = new Call(start.ToolCallId, start.ToolCallName);
        message.Calls.Add(call);
        _calls[call.Id] = call;
    }

    private Message MessageOf(string? id)
    {
        // nearly always the last one
        var message = id is null ? null : _messages.FindLast(m => m.IsAssistant && m.Id == id);
        if (message is null)
        {
            message = new(id, "") { IsAssistant = true };
            _messages.Add(message);
        }

        return message;
    }

    private StringBuilder ThoughtOf(string id)
    {
        if (!_thoughts.TryGetValue(id, out var thought))
        {
            _thoughts[id] = thought = new();
        }

        return thought;
    }

    private sealed class Message(string? id, string content)
    {
        public string? Id => id;

        public bool IsAssistant { get; init; }

        public StringBuilder Content { get; } = new(content);

        public List<Call> Calls { get; } = [];

        public string? ToolCallId { get; init; }

        public bool IsError { get; init; }

        public AnswerMessage Picture() => new(
            id,
            IsAssistant ? "assistant" : "tool",
            Content.ToString(),
            [.. Calls.Select(c => new AnswerToolCall(c.Id, c.Name, c.Arguments.ToString()))],
            ToolCallId,
            IsError);
    }

    private sealed record Call(string Id, string Name)
    {
        public StringBuilder Arguments { get; } = new();
    }
}
