using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Runs;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Agents;

/// <summary>
/// Answers the calls of one reply of the model: by the tool-workers, by the client where the tool is its own, or, when a call means
/// another agent, by itself.
/// </summary>
internal sealed class ToolRound(IToolCaller tools, IOptions<RunOptions> limits, TimeProvider time)
{
    /// <summary>Runs the calls side by side.</summary>
    /// <returns>What the model is told of each, in the order of its calls.</returns>
    public async Task<IReadOnlyList<ChatMessage>> AnswerAsync(
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

            var outcome = await CallAsync(call, offer, turn, cancellationToken);
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
            if (outcome.Error is not null)
            {
                turn.FailedCalls.Add(call.CallId);
            }

            turn.Transcript.Add(new StoredMessage { MessageId = ResultId(turn.Task, call), Role = "tool", Content = outcome.Text, ToolCallId = call.CallId });
            var result = outcome.Error is { } error ? new FunctionResultContent(call.CallId, $"Error: {error}") : new FunctionResultContent(call.CallId, outcome.Value);
            results.Add(new ChatMessage(ChatRole.Tool, [result]));
        }

        // in the order of the calls, whichever came first, so that the same calls always leave the same context
        foreach (var change in outcomes.Select(o => o.Context).OfType<JsonElement>())
        {
            await turn.Context.ChangeAsync(change);
        }

        return results;
    }

    private async Task<ToolOutcome> CallAsync(FunctionCallContent call, AgentOffer offer, AgentTurn turn, CancellationToken cancellationToken)
    {
        if (call.Exception is not null)
        {
            return new ToolOutcome(null, "The arguments of the call are not a JSON object. Please call again with arguments that are.");
        }

        if (offer.IsClients(call.Name))
        {
            return await turn.Task.ClientAnswers.WaitAsync(call.CallId, call.Name, limits.Value.ClientToolTimeout, time, cancellationToken);
        }

        if (!offer.Has(call.Name))
        {
            return new ToolOutcome(null, $"Tool not found: {call.Name}");
        }

        var outcome = await tools.CallAsync(turn, call, cancellationToken);
        return outcome switch
        {
            { Context: null } => outcome,
            { Error: not null } => outcome with { Context = null },
            { Context: { } change } when turn.Context.Problem(change) is { } problem => new ToolOutcome(null, $"What is known of the user was not changed: {problem}."),
            _ => outcome,
        };
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
