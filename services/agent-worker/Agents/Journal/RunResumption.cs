using StreamChat.AgentWorker.Storage;

namespace StreamChat.AgentWorker.Agents.Journal;

/// <summary>What is known of how far an earlier attempt of a run had come.</summary>
/// <param name="Journal">The run at its last step; null when it had come to none.</param>
/// <param name="Said">What the model had said since, of one reply.</param>
internal sealed record RunResumption(JournalState? Journal, IReadOnlyList<SaidText> Said)
{
    public static readonly RunResumption None = new(null, []);

    /// <summary>From where the run goes on at best: <c>text</c>, <c>step</c> or <c>start</c>.</summary>
    public string From => Said.Count > 0 ? "text" : Journal is { Messages.Count: > 0 } ? "step" : "start";

    /// <param name="journal">As stored, or null.</param>
    /// <param name="texts">As stored; what stands in the journal as well is older than it.</param>
    public static RunResumption Of(string? journal, IReadOnlyList<SaidText> texts)
    {
        if (JournalState.Parse(journal) is not { } state)
        {
            return None;
        }

        List<SaidText> said = [.. texts.Where(t => !state.Messages.Any(m => m.Id == t.MessageId))];

        // no model takes white space at the end of what it is to go on with
        while (said is [.., var last])
        {
            said.RemoveAt(said.Count - 1);
            if (last.Text.TrimEnd() is { Length: > 0 } text)
            {
                said.Add(last with { Text = text });
                break;
            }
        }

        return new RunResumption(state, said);
    }

    /// <summary>What it had added to its thread, for a run that does not go on; what the model was saying is marked as partial.</summary>
    public IEnumerable<StoredMessage> Messages(Guid runId) =>
    [
        .. (Journal?.Messages ?? []).Select(m => new StoredMessage
        {
            MessageId = m.Id,
            Role = m.ToolCallId is null ? "assistant" : "tool",
            Content = m.Content,
            ToolCalls = m.ToolCalls,
            ToolCallId = m.ToolCallId,
            RunId = runId,
            Agent = m.Agent,
        }),
        .. Said.Select(t => new StoredMessage { MessageId = t.MessageId, Role = "assistant", Content = t.Text, RunId = runId, Agent = Journal!.Agent, Partial = true }),
    ];
}
