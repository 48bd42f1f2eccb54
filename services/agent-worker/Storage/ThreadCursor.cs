using System.Globalization;

namespace StreamChat.AgentWorker.Storage;

/// <summary>Where a page of a user's threads ends: the place of its last one in the order of all. Travels as <c>{unixMilliseconds}/{threadId}</c>.</summary>
/// <param name="UpdatedAt">When that thread was used, Unix milliseconds.</param>
/// <param name="ThreadId">Its id. Not the key of its row, which would show whether another owner has a thread of that id.</param>
internal readonly record struct ThreadCursor(long UpdatedAt, string ThreadId)
{
    /// <summary>Before the thread used last.</summary>
    public static readonly ThreadCursor Start = new(long.MaxValue, "");

    public static bool TryParse(string text, out ThreadCursor cursor)
    {
        cursor = Start;
        if (text.Contains('\0', StringComparison.Ordinal) // which no database has in an id, and PostgreSQL refuses
            || text.IndexOf('/', StringComparison.Ordinal) is not (> 0 and var end)
            || !long.TryParse(text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var updatedAt))
        {
            return false;
        }

        cursor = new ThreadCursor(updatedAt, text[(end + 1)..]);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{UpdatedAt}/{ThreadId}");
}
