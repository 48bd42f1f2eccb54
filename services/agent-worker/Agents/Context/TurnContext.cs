using System.Text.Json;
using StreamChat.AgentWorker.Runs;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Agents.Context;

/// <summary>The thread's context in the course of a run: each change of it is said, and stored when the run ends.</summary>
/// <param name="task">What the run begins with.</param>
/// <param name="writer">Says the changes.</param>
/// <param name="transcript">Keeps them.</param>
/// <param name="maxChars">How long the context may be as JSON.</param>
internal sealed class TurnContext(AgentTask task, RunWriter writer, RunTranscript transcript, int maxChars)
{
    private ThreadContext _current = ThreadContext.Empty;

    /// <summary>How it stands, for the model and for tools; null when nothing is known.</summary>
    public JsonElement? Json => _current.IsEmpty() ? null : _current.ToJson();

    /// <summary>Begins with what is stored, and what the client's state says over it; says both when there is anything.</summary>
    public async Task BeginAsync()
    {
        var stored = ThreadContext.Parse(task.ThreadContext, maxChars);
        _current = task.State is { } state ? stored.Take(state, maxChars) : stored;
        if (JsonDiff.Between(stored.ToJson(), _current.ToJson()) is not null)
        {
            transcript.Context = _current.ToString();
        }

        if (Json is { } snapshot)
        {
            await writer.AppendAsync(seq => new StateSnapshot { Seq = seq, Snapshot = snapshot });
        }
    }

    /// <returns>Why a change is not possible, or null when it is.</returns>
    public string? Problem(JsonElement change) => _current.Merge(change, maxChars, out _);

    /// <summary>Makes a change. One that has become impossible, by another tool's at the same time, is left out.</summary>
    public async Task ChangeAsync(JsonElement change)
    {
        var before = _current.ToJson();
        _current.Merge(change, maxChars, out _current);
        if (JsonDiff.Between(before, _current.ToJson()) is { } delta)
        {
            transcript.Context = _current.ToString();
            await writer.AppendAsync(seq => new StateDelta { Seq = seq, Delta = delta });
        }
    }
}
