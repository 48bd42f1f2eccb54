using StreamChat.AgentWorker.Storage;

namespace StreamChat.AgentWorker.Memory;

/// <summary>
/// What of a conversation the model is shown: the newest part that fits. It never begins between a tool call and its result, and
/// with something that the user said if it can.
/// </summary>
internal static class HistoryWindow
{
    /// <summary>How many of the oldest messages to leave out.</summary>
    /// <param name="history">The conversation before the new messages, oldest first.</param>
    /// <param name="tokens">How much may be shown of it.</param>
    public static int Start(IReadOnlyList<StoredMessage> history, int tokens)
    {
        var (start, atUser) = (history.Count, history.Count);
        var (used, unanswered) = (0L, 0);
        for (var i = history.Count - 1; i >= 0; i--)
        {
            var message = history[i];
            used += TokenEstimate.Of(message);
            if (used > tokens)
            {
                break;
            }

            // a result stands after its call, and results of one round side by side: between them is no place to begin
            unanswered = message.ToolCallId is not null ? unanswered + 1 : message.ToolCalls is not null ? 0 : unanswered;
            if (unanswered == 0)
            {
                start = i;
                atUser = message.Role == "user" ? i : atUser;
            }
        }

        // all of it, or none of it at a better place, is better than a begin in the middle of an answer
        return start == 0 || atUser == history.Count ? start : atUser;
    }

    /// <summary>What is shown: the conversation as far as it fits beside the new messages, which are always shown.</summary>
    public static List<StoredMessage> Select(IReadOnlyList<StoredMessage> history, IReadOnlyList<StoredMessage> added, int tokens)
    {
        var left = tokens - added.Sum(m => (long)TokenEstimate.Of(m));
        return [.. history.Skip(Start(history, (int)Math.Max(0, left))), .. added];
    }
}
