using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Runs.Checkpoints;
using StreamChat.AgentWorker.Storage;
using StreamChat.Storage;

namespace StreamChat.AgentWorker.Agents.Journal;

/// <summary>Another worker has the run now; nothing may be done for it here.</summary>
internal sealed class RunTakenOverException() : Exception("The run was taken over by another worker.");

/// <summary>
/// Writes a run down at its steps, so that who takes it over goes on from there: before it calls tools of which any must not be called
/// twice, for tool-workers know a call again by its id and a model that is asked anew makes new ids; and when the calls of a reply are
/// answered, so that they are not made again. What the model says in between is written down on the way (<see cref="RunProgress"/>).
/// </summary>
/// <param name="catalog">Says which tools are safe to repeat.</param>
/// <param name="progress">What is written down.</param>
/// <param name="save">Writes it; false when the claim is in force no more.</param>
internal sealed class RunJournal(ToolCatalog catalog, RunProgress progress, Func<string, CancellationToken, Task<bool>> save)
{
    /// <summary>The model begins a reply.</summary>
    /// <param name="turn">The run.</param>
    /// <param name="follows">Whether the model could go on with a part of it.</param>
    public void BeginReply(AgentTurn turn, bool follows) => progress.BeginReply(() => State(turn, turn.Transcript.Agent!), follows);

    /// <summary>Writes it down before its calls if it must be.</summary>
    /// <exception cref="RunTakenOverException">The run is somebody else's.</exception>
    public async Task BeforeCallsAsync(List<FunctionCallContent> calls, AgentOffer offer, AgentTurn turn, CancellationToken cancellationToken)
    {
        var tools = catalog.Current().Tools;
        if (!calls.TrueForAll(c => offer.IsHandOff(c) || (tools.TryGetValue(c.Name, out var tool) && tool.SafeToRepeat)))
        {
            await SaveAsync(turn, turn.Transcript.Agent!, cancellationToken);
        }
    }

    /// <summary>Writes it down when its calls are answered, if the store can be reached: they may else be made again, which they then bear.</summary>
    /// <param name="agent">Name of the agent that goes on.</param>
    /// <param name="turn">The run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RunTakenOverException">The run is somebody else's.</exception>
    public async Task AfterCallsAsync(string agent, AgentTurn turn, CancellationToken cancellationToken)
    {
        try
        {
            await SaveAsync(turn, agent, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // the run goes on; if the store stays away, its end says so
        }
    }

    private async Task SaveAsync(AgentTurn turn, string agent, CancellationToken cancellationToken)
    {
        var end = turn.Transcript.End();
        if (!await save(State(turn, agent).ToJson(), cancellationToken))
        {
            throw new RunTakenOverException();
        }

        progress.SavedWhole(end);
    }

    private static JournalState State(AgentTurn turn, string agent) => new()
    {
        Agent = agent,
        Context = turn.Transcript.Context,
        Replies = turn.Replies,
        ToolRounds = turn.ToolRounds,
        HandOffs = turn.HandOffs,
        Checked = [.. turn.Checked],
        Messages = [.. turn.Transcript.Messages().Skip(turn.Given).Select(m => Entry(m, turn))],
    };

    private static JournalMessage Entry(StoredMessage message, AgentTurn turn) => new()
    {
        Id = message.MessageId,
        Content = message.Content,
        Agent = message.Agent,
        ToolCalls = message.ToolCalls,
        ToolCallId = message.ToolCallId,
        IsError = message.ToolCallId is { } id && turn.FailedCalls.Contains(id),
    };
}
