using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Runs;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Agents;

/// <summary>
/// The agents at work: streams the model, hands its tool calls to the tool-workers side by side, goes back to the model with their
/// results, until the model calls no more. A call that means another agent goes to no tool: the other agent takes over the
/// conversation, with its own instructions and tools.
/// </summary>
internal sealed class AgentLoop(
    IChatClient model, AgentTeam team, Personalities personalities, ToolCatalog catalog, IToolCaller tools, IOptions<RunOptions> limits,
    RunMetrics metrics)
{
    /// <exception cref="UnknownAgentException">The request names an agent that does not exist.</exception>
    public async Task RunAsync(AgentTask task, RunWriter writer, RunTranscript transcript, CancellationToken cancellationToken)
    {
        var turn = new AgentTurn(task, writer, transcript);
        var agent = team.Choose(task.Agent, task.ThreadAgent);
        while (true)
        {
            transcript.Agent = agent.Name;
            if (await ActAsync(agent, turn, cancellationToken) is not { } next)
            {
                return;
            }

            var value = JsonSerializer.SerializeToElement(new HandOffValue(agent.Name, next.Name), ConversationJson.Default.HandOffValue);
            await writer.AppendAsync(seq => new Custom { Seq = seq, Name = CustomEvents.HandOff, Value = value });
            metrics.HandedOff(agent.Name, next.Name);
            agent = next;
        }
    }

    /// <summary>One agent's part of the run.</summary>
    /// <returns>The agent that is to go on, or null when the answer is complete.</returns>
    private async Task<Agent?> ActAsync(Agent agent, AgentTurn turn, CancellationToken cancellationToken)
    {
        using var activity = WorkerTelemetry.Source.StartActivity($"invoke_agent {agent.Name}");
        activity?.SetTag("gen_ai.operation.name", "invoke_agent");
        activity?.SetTag("gen_ai.agent.name", agent.Name);
        activity?.SetTag("gen_ai.conversation.id", turn.Task.ThreadId);
        activity?.SetTag("streamchat.run.id", turn.Task.RunId);

        await turn.Writer.AppendAsync(seq => new StepStarted { Seq = seq, StepName = agent.Name });
        await catalog.WaitAtStartAsync(cancellationToken);
        var personality = personalities.Find(turn.Task.Personality);
        var prompt = Prompt(agent, personality, turn.Task).ToMessage();
        HandOff? handOff = null;
        while (handOff is null)
        {
            // a model that wants to go on handing the user on is not told of any way past the limit, so that it answers itself
            var offer = new AgentOffer(agent, turn.Task, catalog.Current(), mayHandOn: turn.HandOffs < limits.Value.HandOffs);
            var options = new ChatOptions { Tools = offer.Declarations, Temperature = personality?.Temperature };
            var calls = await StreamAsync(prompt, offer, options, turn, cancellationToken);
            if (calls.Count == 0)
            {
                break;
            }

            handOff = calls.Select(c => offer.HandOffs.GetValueOrDefault(c.Name)).FirstOrDefault(h => h is not null);
            Count(handOff, turn);
            turn.Messages.AddRange(await AnswerAsync(calls, offer, handOff, turn, cancellationToken));
        }

        await turn.Writer.AppendAsync(seq => new StepFinished { Seq = seq, StepName = agent.Name });
        return handOff is null ? null : team.Get(handOff);
    }

    private SystemPrompt Prompt(Agent agent, Personality? personality, AgentTask task) => new(agent.Name, agent.Instructions)
    {
        Style = personality?.Instructions,
        Context = ContextText.Of(task.Context, limits.Value.ContextChars),
    };

    private void Count(HandOff? handOff, AgentTurn turn)
    {
        if (handOff is null)
        {
            if (turn.ToolRounds++ >= limits.Value.ToolRounds)
            {
                throw new RunLimitException($"The answer needed more than {limits.Value.ToolRounds} rounds of tool calls.");
            }
        }
        else if (turn.HandOffs++ >= limits.Value.HandOffs)
        {
            throw new RunLimitException($"The agents handed the question on more than {limits.Value.HandOffs} times.");
        }
    }

    private async Task<List<FunctionCallContent>> StreamAsync(
        ChatMessage prompt, AgentOffer offer, ChatOptions options, AgentTurn turn, CancellationToken cancellationToken)
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
            throw new ModelException("The model could not answer. Please try again.", e);
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

    private async Task<IReadOnlyList<ChatMessage>> AnswerAsync(
        List<FunctionCallContent> calls, AgentOffer offer, HandOff? handOff, AgentTurn turn, CancellationToken cancellationToken)
    {
        // each result is said when it is there; the model gets them in the order of its calls
        var outcomes = await Task.WhenAll(calls.Select(async call =>
        {
            if (offer.IsHandOff(call))
            {
                // to the model a call like any other, which wants its result; to clients an event of its own
                return Told(call, offer, handOff);
            }

            var outcome = offer.Has(call.Name)
                ? await tools.CallAsync(turn.Task.RunId, turn.Task.ThreadId, turn.Task.UserId, call, cancellationToken)
                : new ToolOutcome(null, $"Tool not found: {call.Name}");
            await turn.Writer.AppendAsync(seq => new ToolCallResult
            {
                Seq = seq,
                MessageId = ResultId(turn.Task, call),
                ToolCallId = call.CallId,
                Content = outcome.Text,
                Role = "tool",
                IsError = outcome.Error is not null,
            });
            return outcome;
        }));
        List<ChatMessage> results = [];
        foreach (var (call, outcome) in calls.Zip(outcomes))
        {
            turn.Transcript.Add(new StoredMessage { MessageId = ResultId(turn.Task, call), Role = "tool", Content = outcome.Text, ToolCallId = call.CallId });
            var result = outcome.Error is { } error ? new FunctionResultContent(call.CallId, $"Error: {error}") : new FunctionResultContent(call.CallId, outcome.Value);
            results.Add(new ChatMessage(ChatRole.Tool, [result]));
        }

        return results;
    }

    private static ToolOutcome Told(FunctionCallContent call, AgentOffer offer, HandOff? handOff)
    {
        if (!offer.HandOffs.TryGetValue(call.Name, out var meant))
        {
            return new ToolOutcome(null, $"There is no agent to hand on to by {call.Name}.");
        }

        return meant == handOff
            ? new ToolOutcome(JsonSerializer.SerializeToElement($"The user is with {meant.ToName} now.", ConversationJson.Default.String), null)
            : new ToolOutcome(null, $"Only one agent can take over at a time; the user was not handed on to {meant.ToName}.");
    }

    private static string ResultId(AgentTask task, FunctionCallContent call) => $"{task.RunId:N}-{call.CallId}";
}

/// <summary>The value of the event <see cref="CustomEvents.HandOff"/>.</summary>
internal sealed record HandOffValue(string From, string To);
