using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents.Guardrails;
using StreamChat.AgentWorker.Agents.Journal;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Runs;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Agents;

/// <summary>
/// The agents at work: checks what the user says, streams the model, hands its tool calls to the tool-workers side by side, goes back to the model with their
/// results, until the model calls no more. A call that means another agent goes to no tool: the other agent takes over the
/// conversation, with its own instructions and tools.
/// </summary>
internal sealed class AgentLoop(
    AgentTeam team, Personalities personalities, InstructionTemplates templates, IModelDirectory models, ToolCatalog catalog, InputChecks checks, ModelReplies replies,
    ToolRound tools, IOptions<RunOptions> limits, RunMetrics metrics)
{
    /// <exception cref="UnknownAgentException">The request names an agent that does not exist.</exception>
    /// <exception cref="UnknownModelException">The request names a model that does not exist.</exception>
    /// <exception cref="ModelException">The model failed.</exception>
    /// <exception cref="RunLimitException">A limit of the run was reached.</exception>
    public async Task RunAsync(AgentTask task, RunWriter writer, RunTranscript transcript, CancellationToken cancellationToken)
    {
        var turn = new AgentTurn(task, writer, transcript, limits.Value);
        var resume = task.ResumeFrom is { } state ? new RunResume(state, turn) : null;
        var agent = resume is null ? team.Choose(task.Agent, task.ThreadAgent) : team.Choose(asked: null, resume.Agent);
        await turn.Context.BeginAsync();
        if (resume is not null)
        {
            await resume.SayEarlierAsync();
        }

        while (true)
        {
            transcript.Agent = agent.Name;
            var next = await ActAsync(agent, turn, resume, cancellationToken);
            resume = null;
            if (next is null)
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
    /// <param name="agent">The agent.</param>
    /// <param name="turn">The run.</param>
    /// <param name="resume">Where an earlier attempt had left this agent; null to let it begin.</param>
    /// <param name="cancellationToken">The run is to stop.</param>
    /// <returns>The agent that is to go on, or null when the answer is complete.</returns>
    private async Task<Agent?> ActAsync(Agent agent, AgentTurn turn, RunResume? resume, CancellationToken cancellationToken)
    {
        using var activity = WorkerTelemetry.Source.StartActivity($"invoke_agent {agent.Name}");
        activity?.SetTag("gen_ai.operation.name", "invoke_agent");
        activity?.SetTag("gen_ai.agent.name", agent.Name);
        activity?.SetTag("gen_ai.conversation.id", turn.Task.ThreadId);
        activity?.SetTag("streamchat.run.id", turn.Task.RunId);

        await turn.Writer.AppendAsync(seq => new StepStarted { Seq = seq, StepName = agent.Name });
        var model = models.Choose(turn.Task.Model, agent.Model);
        if (await checks.RefusesAsync(agent, turn, cancellationToken))
        {
            // whoever does not serve the user does not keep them: the next message meets the first agent
            turn.Transcript.Agent = turn.Task.Agent is null ? team.All[0].Name : agent.Name;
            await turn.Writer.AppendAsync(seq => new StepFinished { Seq = seq, StepName = agent.Name });
            return null;
        }

        await catalog.WaitAtStartAsync(cancellationToken);
        var personality = personalities.Find(turn.Task.Personality);
        var instructions = await templates.RenderAsync(agent, turn.Task, cancellationToken);
        var written = resume is null ? null : await resume.SayLastAsync();
        var canGoOn = model.GetService<PrefixContinuation>() is not null;
        var said = resume is not null && canGoOn ? turn.Task.SaidThen : [];
        Agent? next = null;
        while (next is null)
        {
            // a model that wants to go on handing the user on is not told of any way past the limit, so that it answers itself
            var offer = new AgentOffer(agent, turn.Task, catalog.Current(), mayHandOn: turn.HandOffs < limits.Value.HandOffs);
            var options = new ChatOptions { Tools = offer.Declarations, Temperature = personality?.Temperature };
            var prompt = Prompt(agent, instructions, personality, turn).ToMessage();
            turn.Task.Journal?.BeginReply(turn, canGoOn);
            var calls = written ?? await replies.StreamAsync(model, prompt, offer, options, turn, said, cancellationToken);
            (written, said) = (null, []);
            if (calls.Count == 0)
            {
                break;
            }

            var handOff = calls.Select(c => offer.HandOffs.GetValueOrDefault(c.Name)).FirstOrDefault(h => h is not null);
            await (turn.Task.Journal?.BeforeCallsAsync(calls, offer, turn, cancellationToken) ?? Task.CompletedTask);
            Count(handOff, turn);
            turn.Messages.AddRange(await tools.AnswerAsync(calls, offer, handOff, turn, cancellationToken));
            next = handOff is null ? null : team.Get(handOff);
            await (turn.Task.Journal?.AfterCallsAsync((next ?? agent).Name, turn, cancellationToken) ?? Task.CompletedTask);
        }

        await turn.Writer.AppendAsync(seq => new StepFinished { Seq = seq, StepName = agent.Name });
        return next;
    }

    private SystemPrompt Prompt(Agent agent, string instructions, Personality? personality, AgentTurn turn) => new(agent.Name, instructions)
    {
        Style = personality?.Instructions,
        Known = ContextText.Of(turn.Context.Json, limits.Value.ThreadContextChars),
        Context = ContextText.Of(turn.Task.Context, limits.Value.ContextChars),
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
}

/// <summary>The value of the event <see cref="CustomEvents.HandOff"/>.</summary>
internal sealed record HandOffValue(string From, string To);
