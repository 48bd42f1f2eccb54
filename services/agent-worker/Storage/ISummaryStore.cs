namespace StreamChat.AgentWorker.Storage;

/// <summary>The summaries that stand for the older part of threads.</summary>
internal interface ISummaryStore
{
    /// <summary>The messages that no summary stands for, oldest first, and the summary of those before; null when there is no such thread.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="maxMessages">How many messages at most.</param>
    /// <param name="maxChars">How much text of them; the message that reaches it comes along.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Unsummarised?> LoadAsync(ThreadKey thread, int maxMessages, long maxChars, CancellationToken cancellationToken);

    /// <summary>
    /// Lets a summary stand for all messages up to a position, unless another one has come first, or the thread was removed: a new one
    /// under its name says something else.
    /// </summary>
    /// <param name="thread">The thread.</param>
    /// <param name="of">What the summary was made of.</param>
    /// <param name="position">The position that this one stands for.</param>
    /// <param name="summary">The summary, which takes the place of the one before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task SaveAsync(ThreadKey thread, Unsummarised of, long position, string summary, CancellationToken cancellationToken);
}

/// <summary>The part of a thread that no summary stands for yet.</summary>
/// <param name="Summary">What stands for all before it; null when there is nothing before.</param>
/// <param name="Position">Up to where that stands.</param>
/// <param name="CreatedAt">When the thread began, Unix milliseconds.</param>
/// <param name="Messages">The messages after it, oldest first, each with its position.</param>
internal sealed record Unsummarised(string? Summary, long Position, long CreatedAt, IReadOnlyList<(long Position, StoredMessage Message)> Messages);
