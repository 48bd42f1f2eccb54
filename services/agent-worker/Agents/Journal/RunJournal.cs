using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Storage;

namespace StreamChat.AgentWorker.Agents.Journal;

/// <summary>Another worker has the run now; nothing may be done for it here.</summary>
internal sealed class RunTakenOverException() : Exception("The run was taken over by another worker.");

/// <summary>
/// Writes down what a run is about to do before it calls tools of which any must not be called twice. Tool-workers know a call again
/// by its id, and a model that is asked anew makes new ids: who takes the run over makes the calls that are written here instead.
/// Runs that call nothing of that kind write nothing.
/// </summary>
/// <param name="catalog">Says which tools are safe to repeat.</param>
/// <param name="save">Writes it; false when the claim is in force no more.</param>
internal sealed class RunJournal(ToolCatalog catalog, Func<string, CancellationToken, Task<bool>> save)
{
    /// <summary>Writes it down if it must be.</summary>
    /// <exception cref="RunTakenOverException">The run is somebody else's.</exception>
    public async Task SaveAsync(List<FunctionCallContent> calls, AgentOffer offer, AgentTurn turn, CancellationToken cancellationToken)
    {
        var tools = catalog.Current().Tools;
        if (calls.TrueForAll(c => offer.IsHandOff(c) || (tools.TryGetValue(c.Name, out var tool) && tool.SafeToRepeat)))
        {
            return;
        }

        var state = new JournalState
        {
            Agent = turn.Transcript.Agent!,
            Context = turn.Transcript.Context,
            Replies = turn.Replies,
            ToolRounds = turn.ToolRounds,
            HandOffs = turn.HandOffs,
            Checked = [.. turn.Checked],
            Messages = [.. turn.Transcript.Messages().Skip(turn.Given).Select(m => Entry(m, turn))],
        };
        if (!await save(state.ToJson(), cancellationToken))
        {
            throw new RunTakenOverException();
        }
    }

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
