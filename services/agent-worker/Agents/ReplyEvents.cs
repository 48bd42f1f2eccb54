using System.Text;
using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Agents;

/// <summary>
/// One reply of the model as events: what it says, how it comes to it and which tools it calls, each begun and ended in order. Calls
/// that the model writes piece by piece are told of as they come, others at the end; hand-offs are not told of at all.
/// </summary>
internal sealed class ReplyEvents(AgentOffer offer, AgentTurn turn, int mostCalls)
{
    // what was said before is said again in large pieces, but not in one that no queue has room for
    private const int PieceChars = 16 * 1024;

    private readonly List<AIContent> _contents = [];
    private readonly List<FunctionCallContent> _calls = [];
    private readonly Dictionary<string, Announced> _announced = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();
    private string _messageId = turn.NextMessageId();
    private string? _reasoningId;
    private int _reasonings;
    private TextState _state;

    private enum TextState
    {
        NotBegun,
        Open,
        Ended,
    }

    // the message that a call came out of
    private string? ParentId => _state == TextState.NotBegun ? null : _messageId;

    /// <summary>Says again what an earlier attempt had said of this reply, each message under its own id.</summary>
    /// <returns>The message for the model to go on with; none when nothing had been said.</returns>
    public async ValueTask<IReadOnlyList<ChatMessage>> ResumeAsync(IReadOnlyList<SaidText> said)
    {
        foreach (var message in said)
        {
            await EndTextAsync();
            for (var rest = message.Text; rest.Length > 0;)
            {
                var length = rest.Length <= PieceChars ? rest.Length : char.IsHighSurrogate(rest[PieceChars - 1]) ? PieceChars - 1 : PieceChars;
                await TextAsync(rest[..length]);
                rest = rest[length..];
            }
        }

        return said.Count == 0 ? [] : [new ChatMessage(ChatRole.Assistant, string.Concat(said.Select(m => m.Text)))];
    }

    public async ValueTask TextAsync(string delta)
    {
        if (_state != TextState.Open)
        {
            await BeginTextAsync();
        }

        _text.Append(delta);
        await turn.Writer.TextAsync(_messageId, delta);
    }

    public async ValueTask ReasoningAsync(string delta)
    {
        if (_reasoningId is null)
        {
            await EndTextAsync();
            _reasoningId = $"{_messageId}-reasoning-{++_reasonings}";
            await turn.Writer.BeginReasoningAsync(_reasoningId);
        }

        await turn.Writer.ReasoningAsync(_reasoningId, delta);
    }

    /// <exception cref="RunLimitException">The model calls too many tools.</exception>
    public async ValueTask CallAsync(ToolCallDelta delta)
    {
        if (offer.IsHandOff(new FunctionCallContent(delta.CallId, delta.Name)))
        {
            return;
        }

        if (!_announced.TryGetValue(delta.CallId, out var call))
        {
            Bound(_announced.Count, delta.Name);
            _announced.Add(delta.CallId, call = new Announced());
            await EndReasoningAsync();
            await EndTextAsync();
            await turn.Writer.AppendAsync(seq => new ToolCallStart { Seq = seq, ToolCallId = delta.CallId, ToolCallName = delta.Name, ParentMessageId = ParentId });
        }

        if (delta.Arguments.Length > 0)
        {
            call.HasArguments = true;
            await turn.Writer.AppendAsync(seq => new ToolCallArgs { Seq = seq, ToolCallId = delta.CallId, Delta = delta.Arguments });
        }
    }

    /// <exception cref="RunLimitException">The model calls too many tools.</exception>
    public void Call(FunctionCallContent call)
    {
        Bound(_calls.Count, call.Name);
        _calls.Add(call);
    }

    /// <summary>The reply is complete: into the transcript and the conversation with it.</summary>
    /// <returns>The tools that it calls.</returns>
    public async ValueTask<List<FunctionCallContent>> EndAsync()
    {
        await EndReasoningAsync();
        await EndTextAsync();
        Keep();
        turn.Messages.Add(new ChatMessage(ChatRole.Assistant, [.. _contents, .. _calls]));
        foreach (var call in _calls.Where(c => !offer.IsHandOff(c)))
        {
            await EndCallAsync(call);
        }

        turn.Transcript.EndMessage(_messageId, Conversation.ToStored(_calls));
        return _calls;
    }

    private async ValueTask BeginTextAsync()
    {
        await EndReasoningAsync();
        if (_state == TextState.Ended)
        {
            // more text after a call or a reasoning is a message of its own: the first one has been told as complete
            Keep();
            turn.Transcript.EndMessage(_messageId, toolCalls: null);
            _messageId = turn.NextMessageId();
        }

        _state = TextState.Open;
        await turn.Writer.BeginTextAsync(_messageId);
    }

    private async ValueTask EndTextAsync()
    {
        if (_state == TextState.Open)
        {
            _state = TextState.Ended;
            await turn.Writer.EndTextAsync(_messageId);
        }
    }

    private async ValueTask EndReasoningAsync()
    {
        if (_reasoningId is { } id)
        {
            _reasoningId = null;
            await turn.Writer.EndReasoningAsync(id);
        }
    }

    private async ValueTask EndCallAsync(FunctionCallContent call)
    {
        if (!_announced.TryGetValue(call.CallId, out var announced))
        {
            await turn.Writer.AppendAsync(seq => new ToolCallStart { Seq = seq, ToolCallId = call.CallId, ToolCallName = call.Name, ParentMessageId = ParentId });
        }

        if (announced is not { HasArguments: true })
        {
            var arguments = ToolArguments.ToJson(call).GetRawText();
            await turn.Writer.AppendAsync(seq => new ToolCallArgs { Seq = seq, ToolCallId = call.CallId, Delta = arguments });
        }

        await turn.Writer.AppendAsync(seq => new ToolCallEnd { Seq = seq, ToolCallId = call.CallId });
    }

    private void Keep()
    {
        if (_text.Length > 0)
        {
            _contents.Add(new TextContent(_text.ToString()));
            _text.Clear();
        }
    }

    private void Bound(int calls, string next)
    {
        if (calls >= mostCalls)
        {
            throw new RunLimitException($"The model called more than {mostCalls} tools at once, {next} among them.");
        }
    }

    private sealed class Announced
    {
        public bool HasArguments { get; set; }
    }
}
