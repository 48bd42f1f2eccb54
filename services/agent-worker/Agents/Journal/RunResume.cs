using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Agents.Journal;

/// <summary>
/// Brings a run that was taken over to where it was written down: says again what it had said, and knows what it was about to call, or
/// to say.
/// </summary>
internal sealed class RunResume(JournalState state, AgentTurn turn)
{
    private readonly int _last = LastLeg(state.Messages, state.Agent);
    private readonly HashSet<string> _handOffs = new(StringComparer.Ordinal);

    /// <summary>Name of the agent that was at work.</summary>
    public string Agent => state.Agent;

    /// <summary>Says what the agents before that one said, and that they handed the user on.</summary>
    public async Task SayEarlierAsync()
    {
        turn.Resume(state.Replies, state.ToolRounds, state.HandOffs, state.Checked);
        string? agent = null;
        foreach (var message in state.Messages.Take(_last))
        {
            if (message.Agent is { } speaker && speaker != agent)
            {
                await HandOnAsync(agent, speaker);
                await turn.Writer.AppendAsync(seq => new StepStarted { Seq = seq, StepName = speaker });
                agent = speaker;
            }

            await SayAsync(message);
        }

        if (agent is not null)
        {
            await HandOnAsync(agent, state.Agent);
        }
    }

    /// <summary>Says what that agent had said.</summary>
    /// <returns>The calls that it was about to make, announced; null when there are none and its model goes on.</returns>
    public async Task<List<FunctionCallContent>?> SayLastAsync()
    {
        foreach (var message in state.Messages.Skip(_last))
        {
            await SayAsync(message);
        }

        return state.Messages is [.., { ToolCalls: not null } last] ? Calls(last) : null;
    }

    private async Task HandOnAsync(string? from, string to)
    {
        if (from is not null)
        {
            await turn.Writer.AppendAsync(seq => new StepFinished { Seq = seq, StepName = from });
            var value = JsonSerializer.SerializeToElement(new HandOffValue(from, to), ConversationJson.Default.HandOffValue);
            await turn.Writer.AppendAsync(seq => new Custom { Seq = seq, Name = CustomEvents.HandOff, Value = value });
        }
    }

    private Task SayAsync(JournalMessage message) => message.ToolCallId is { } callId ? SayResultAsync(message, callId) : SayReplyAsync(message);

    private async Task SayReplyAsync(JournalMessage message)
    {
        turn.Transcript.Agent = message.Agent ?? state.Agent;
        if (message.Content.Length > 0)
        {
            await turn.Writer.BeginTextAsync(message.Id);
            await turn.Writer.TextAsync(message.Id, message.Content);
            await turn.Writer.EndTextAsync(message.Id);
        }

        var calls = Calls(message);
        foreach (var call in calls)
        {
            if (call.Name.StartsWith(HandOff.Prefix, StringComparison.Ordinal))
            {
                _handOffs.Add(call.CallId);
                continue;
            }

            var parent = message.Content.Length > 0 ? message.Id : null;
            var arguments = Models.ToolArguments.ToJson(call).GetRawText();
            await turn.Writer.AppendAsync(seq => new ToolCallStart { Seq = seq, ToolCallId = call.CallId, ToolCallName = call.Name, ParentMessageId = parent });
            await turn.Writer.AppendAsync(seq => new ToolCallArgs { Seq = seq, ToolCallId = call.CallId, Delta = arguments });
            await turn.Writer.AppendAsync(seq => new ToolCallEnd { Seq = seq, ToolCallId = call.CallId });
        }

        turn.Transcript.EndMessage(message.Id, message.ToolCalls);
        AIContent[] text = message.Content.Length > 0 ? [new TextContent(message.Content)] : [];
        turn.Messages.Add(new ChatMessage(ChatRole.Assistant, [.. text, .. calls]));
    }

    private async Task SayResultAsync(JournalMessage message, string callId)
    {
        if (!_handOffs.Contains(callId))
        {
            await turn.Writer.AppendAsync(seq => new ToolCallResult
            {
                Seq = seq,
                MessageId = message.Id,
                ToolCallId = callId,
                Content = message.Content,
                Role = "tool",
                IsError = message.IsError,
            });
        }

        if (message.IsError)
        {
            turn.FailedCalls.Add(callId);
        }

        turn.Transcript.Add(new StoredMessage { MessageId = message.Id, Role = "tool", Content = message.Content, ToolCallId = callId });
        turn.Messages.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(callId, message.IsError ? $"Error: {message.Content}" : message.Content)]));
    }

    private static List<FunctionCallContent> Calls(JournalMessage message) => Conversation.Calls(message.ToolCalls).ToList();

    /// <summary>Where the part of the agent at work begins, which may have said nothing yet.</summary>
    private static int LastLeg(IReadOnlyList<JournalMessage> messages, string agent)
    {
        var first = messages.Count;
        for (var i = first - 1; i >= 0 && (messages[i].Agent is not { } speaker || speaker == agent); i--)
        {
            first = messages[i].Agent is null ? first : i;
        }

        return first;
    }
}
