using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Runs;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Agents;

/// <summary>What the model says, as it says it: into the run's events, its transcript and the conversation.</summary>
internal sealed class ModelReplies(IOptions<RunOptions> limits, ModelMetrics metrics)
{
    /// <summary>Asks the model once and says what it says.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">Who it is.</param>
    /// <param name="offer">What it may call.</param>
    /// <param name="options">How it is asked.</param>
    /// <param name="turn">The run.</param>
    /// <param name="said">What an earlier attempt had said of this reply: said again, and gone on with.</param>
    /// <param name="cancellationToken">The run is to stop.</param>
    /// <returns>The tools that it calls, all announced but for hand-offs; none when the answer is complete.</returns>
    /// <exception cref="ModelException">The model failed.</exception>
    /// <exception cref="RunLimitException">A limit of the run was reached.</exception>
    public async Task<List<FunctionCallContent>> StreamAsync(
        IChatClient model, ChatMessage prompt, AgentOffer offer, ChatOptions options, AgentTurn turn, IReadOnlyList<SaidText> said,
        CancellationToken cancellationToken)
    {
        Bound(turn.Tally);
        using var span = new ModelSpan(model);
        var reply = new ReplyEvents(offer, turn, limits.Value.ToolCalls);
        var begun = await reply.ResumeAsync(said);
        var asked = Model.Of(model);
        turn.Tally.Asked(asked);
        var started = metrics.Now;
        var hasBegun = false;
        ChatFinishReason? finish = null;
        try
        {
            await foreach (var update in model.GetStreamingResponseAsync([prompt, .. turn.Messages, .. begun], options, cancellationToken))
            {
                foreach (var content in update.Contents)
                {
                    if (content is ModelAsked next)
                    {
                        asked = next.Model;
                        turn.Tally.Asked(asked);
                        span.Asked(asked);
                        started = metrics.Now;
                    }
                    else if (content is UsageContent usage)
                    {
                        turn.Tally.Used(usage.Details);
                        span.Usage(usage.Details);
                        metrics.Tokens(asked.Name, usage.Details.InputTokenCount, usage.Details.OutputTokenCount);
                    }
                    else if (await SayAsync(content, reply) is var chars and >= 0)
                    {
                        if (!hasBegun)
                        {
                            hasBegun = true;
                            metrics.FirstToken(asked.Name, started);
                        }

                        turn.Tally.Said(chars);
                        Bound(turn.Tally);
                    }
                }

                finish = update.FinishReason ?? finish;
                span.Update(update);
            }

            if (finish == ChatFinishReason.ContentFilter)
            {
                metrics.Failed(asked.Name, RunErrorCodes.ContentFiltered);
                throw ModelFailures.Of(RunErrorCodes.ContentFiltered);
            }
        }
        catch (ModelException e)
        {
            span.Failed(e);
            throw;
        }
        catch (Exception e) when (e is not RunLimitException && !cancellationToken.IsCancellationRequested)
        {
            span.Failed(e);
            metrics.Failed(asked.Name, RunErrorCodes.ModelError);
            throw ModelFailures.Of(RunErrorCodes.ModelError, e);
        }

        turn.Tally.EndReply(finish);
        turn.Transcript.Result = turn.Tally.ToResult(turn.Transcript.Agent);
        return await reply.EndAsync();
    }

    /// <returns>How many characters were said; less than none when it was nothing to say.</returns>
    private static async ValueTask<int> SayAsync(AIContent content, ReplyEvents reply)
    {
        switch (content)
        {
            case TextContent { Text.Length: > 0 } delta:
                await reply.TextAsync(delta.Text);
                return delta.Text.Length;
            case TextReasoningContent { Text.Length: > 0 } delta:
                await reply.ReasoningAsync(delta.Text);
                return delta.Text.Length;
            case ToolCallDelta delta:
                await reply.CallAsync(delta);
                return delta.Arguments.Length;
            case FunctionCallContent call:
                reply.Call(call);
                return 0;
            default:
                return -1;
        }
    }

    private void Bound(RunTally tally)
    {
        if (tally.OutputTokens > limits.Value.OutputTokens)
        {
            throw new RunLimitException($"The answer took more than {limits.Value.OutputTokens} tokens and was stopped.");
        }
    }
}
