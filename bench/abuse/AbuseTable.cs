using System.Globalization;
using StreamChat.Abuse.People;

namespace StreamChat.Abuse;

/// <summary>What one process used in one row.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Before">Memory before, in MiB.</param>
/// <param name="Peak">The most during the row and the pause after it.</param>
/// <param name="After">Memory after the pause.</param>
/// <param name="LogBytes">What it wrote to its log.</param>
/// <param name="Aborts">How often it ended by itself.</param>
internal sealed record ProcessFigures(string Name, double Before, double Peak, double After, long LogBytes, int Aborts);

/// <summary>One row: who did what beside the people who chat, how they fared, and what it cost.</summary>
internal sealed record AbuseRow(string Meanwhile, PeopleReport People, IReadOnlyList<ProcessFigures> Processes);

/// <summary>The table, as Markdown.</summary>
internal static class AbuseTable
{
    public const string Header =
        """
        | meanwhile | turns | lost | failed, rejected, disconnects | first event p50 / p99 / max ms | turn p50 / p99 / max ms | RSS MiB before → peak → after | log KiB | aborts |
        |---|---|---|---|---|---|---|---|---|
        """;

    public static string Line(AbuseRow row)
    {
        var people = row.People;
        var troubles = people.Failed.Select(f => $"{f.Value} {f.Key}")
            .Concat(people.Rejected.Select(r => $"{r.Value} rejected: {r.Key}"))
            .Concat(people.Disconnects > 0 ? [$"{people.Disconnects} disconnects"] : []);
        var memory = row.Processes.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name}: {p.Before:0} → {p.Peak:0} → {p.After:0}"));
        var logs = row.Processes.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name}: {p.LogBytes / 1024.0:0.0}"));
        var aborts = row.Processes.Where(p => p.Aborts > 0).Select(p => $"{p.Name}: {p.Aborts}");
        string[] cells =
        [
            row.Meanwhile, people.Turns.ToString(CultureInfo.InvariantCulture), people.Lost.ToString(CultureInfo.InvariantCulture), OrNone(troubles),
            people.FirstEvent.ToString(), people.Turn.ToString(), string.Join("<br>", memory), string.Join("<br>", logs), OrNone(aborts),
        ];
        return $"| {string.Join(" | ", cells)} |";
    }

    private static string OrNone(IEnumerable<string> cells) => string.Join(", ", cells) is { Length: > 0 } text ? text : "0";
}
