using System.Globalization;

namespace StreamChat.AgentWorker.Models.Demo;

/// <summary>The message <c>/load N [R]</c>: exactly N deltas for load tests, each with its number and the time it was made.</summary>
/// <param name="Count">How many deltas.</param>
/// <param name="PerSecond">Deltas per second; 0 is as fast as possible.</param>
internal sealed record LoadCommand(int Count, double PerSecond)
{
    public const string Usage =
        "Usage: /load N [R] streams exactly N deltas (1 to 1,000,000), R per second when given (more than 0, up to 1,000,000), else as fast as possible.";

    private const string Name = "/load";
    private const int Most = 1_000_000;

    /// <summary>As many digits as the microseconds since 1970 have between 2001 and 2286.</summary>
    private const int StampDigits = 16;

    /// <summary>Whether the message asks for load, rightly or not.</summary>
    public static bool Matches(string message)
    {
        var text = message.AsSpan().Trim();
        return text.StartsWith(Name, StringComparison.OrdinalIgnoreCase) && (text.Length == Name.Length || char.IsWhiteSpace(text[Name.Length]));
    }

    /// <returns>Null when the arguments are wrong.</returns>
    public static LoadCommand? Parse(string message)
    {
        var words = message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is < 2 or > 3
            || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count is < 1 or > Most)
        {
            return null;
        }

        if (words.Length == 2)
        {
            return new LoadCommand(count, 0);
        }

        return double.TryParse(words[2], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate is > 0 and <= Most
            ? new LoadCommand(count, rate)
            : null;
    }

    /// <summary>The text of one delta.</summary>
    public static string Delta(int index, TimeProvider time)
    {
        var microseconds = (time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
        return string.Create(CultureInfo.InvariantCulture, $"{index}@{microseconds} ");
    }

    /// <summary>The number of the last whole delta in what was already sent; 0 when there is none.</summary>
    public static int LastIndex(string sent)
    {
        var closed = sent.Length > 0 && char.IsWhiteSpace(sent[^1]);
        var words = sent.AsSpan().Trim();
        while (words.Length > 0)
        {
            var word = words[(words.LastIndexOf(' ') + 1)..];
            var at = word.IndexOf('@');
            if (at > 0 && (closed || word.Length - at - 1 >= StampDigits) && int.TryParse(word[..at], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                return index;
            }

            words = words[..^word.Length].TrimEnd();
            closed = true;
        }

        return 0;
    }
}
