using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Runs;
using StreamChat.AgentWorker.Storage;

namespace StreamChat.AgentWorker.Memory;

/// <summary>What the model is shown of a thread.</summary>
internal sealed class ThreadMemory(Summariser summariser, IOptions<MemoryOptions> options, IOptions<RunOptions> limits)
{
    /// <summary>Whether what a summary stands for is left out of what is loaded.</summary>
    public bool Summarises => options.Value.Older == OlderTurns.Summarise;

    /// <summary>The newest part of the thread that fits, after the summary of what is before, and with the new messages at its end.</summary>
    public List<StoredMessage> Show(RunClaim claim, IReadOnlyList<StoredMessage> added)
    {
        if (!Summarises || claim.Summary is not { } text)
        {
            return HistoryWindow.Select(claim.History, added, limits.Value.HistoryTokens);
        }

        var summary = new StoredMessage { MessageId = "summary", Role = "system", Content = $"Summary of the conversation so far: {text}" };
        return [summary, .. HistoryWindow.Select(claim.History, added, limits.Value.HistoryTokens - TokenEstimate.Of(summary))];
    }

    /// <summary>A run has ended and is stored.</summary>
    public void Grew(ThreadKey thread, string? model, RunClaim claim, RunTranscript transcript) =>
        summariser.Consider(thread, model, transcript.Agent ?? claim.Agent, claim.History.Concat(transcript.Messages()));
}
