using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Runs;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Agents;

/// <summary>What the model says, as it says it: into the run's events, its transcript and the conversation.</summary>
internal sealed class ModelReplies(IOptions<RunOptions> limits, RunMetrics metrics)
{
    /// <summary>Asks the model once and says what it says.</summary>
    /// <returns>The tools that it calls, all announced but for hand-offs; none when the answer is complete.</returns>
    /// <exception cref="ModelException">The model failed.</exception>
    /// <exception cref="RunLimitException">A limit of the run was reached.</exception>
    public async Task<List<FunctionCallContent>> StreamAsync(
        IChatClient model, ChatMessage prompt, AgentOffer offer, ChatOptions options, AgentTurn turn, CancellationToken cancellationToken)
    {
        using var span = new ModelSpan(model);
        var messageId = turn.NextMessageId();
        List<FunctionCallContent> calls = [];
        StringBuilder said = new();
        var started = metrics.Now;
        try
        {
            await foreach (var update in model.GetStreamingResponseAsync([prompt, .. turn.Messages], options, cancellationToken))
            {
                foreach (var content in update.Contents)
                {
                    switch (content)
                    {
                        case TextContent { Text.Length: > 0 } delta:
                            if (said.Length == 0)
                            {
                                metrics.FirstToken(started);
                                await turn.Writer.BeginTextAsync(messageId);
                            }

                            said.Append(delta.Text);
                            await turn.Writer.TextAsync(messageId, delta.Text);
                            break;
                        case FunctionCallContent call when calls.Count >= limits.Value.ToolCalls:
                            throw new RunLimitException($"The model called more than {limits.Value.ToolCalls} tools at once, {call.Name} among them.");
                        case FunctionCallContent call:
                            calls.Add(call);
                            break;
                        case UsageContent usage:
                            span.Usage(usage.Details);
                            break;
                    }
                }

                span.Update(update);
            }
        }
        catch (Exception e) when (e is not RunLimitException && !cancellationToken.IsCancellationRequested)
        {
            span.Failed(e);
            throw new ModelException(RunErrorCodes.ModelError, "The model could not answer. Please try again.", e);
        }

        if (said.Length > 0)
        {
            await turn.Writer.EndTextAsync(messageId);
        }

        turn.Messages.Add(new ChatMessage(ChatRole.Assistant, [.. said.Length > 0 ? [new TextContent(said.ToString())] : Array.Empty<AIContent>(), .. calls]));
        foreach (var call in calls.Where(c => !offer.IsHandOff(c)))
        {
            await AnnounceAsync(call, said.Length > 0 ? messageId : null, turn.Writer);
        }

        turn.Transcript.EndMessage(messageId, Conversation.ToStored(calls));
        return calls;
    }

    private static async Task AnnounceAsync(FunctionCallContent call, string? messageId, RunWriter writer)
    {
        var arguments = ToolArguments.ToJson(call).GetRawText();
        await writer.AppendAsync(seq => new ToolCallStart { Seq = seq, ToolCallId = call.CallId, ToolCallName = call.Name, ParentMessageId = messageId });
        await writer.AppendAsync(seq => new ToolCallArgs { Seq = seq, ToolCallId = call.CallId, Delta = arguments });
        await writer.AppendAsync(seq => new ToolCallEnd { Seq = seq, ToolCallId = call.CallId });
    }
}
