using System.Globalization;
using System.Text;
using StreamChat.FaultEngine.Checks;

namespace StreamChat.FaultEngine;

/// <summary>What came of many schedules, by kind of fault, as a table in Markdown.</summary>
public static class ResultTable
{
    /// <summary>Makes it.</summary>
    public static string Of(IEnumerable<ScheduleResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var text = new StringBuilder();
        text.AppendLine("| fault | schedules | faults | streams | lost | duplicated | reordered | stuck | wrong ends | other | silence p50 / p99 / max |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var kind in results.GroupBy(r => r.Schedule.Kind).OrderBy(g => g.Key))
        {
            var silences = kind.SelectMany(r => r.Silences).ToList();
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {kind.Key} | {kind.Count()} | {kind.Sum(r => r.Schedule.Faults.Count)} | {kind.Sum(r => r.Streams)} | {Sum(kind, ViolationKind.Lost)} | {Sum(kind, ViolationKind.Duplicated)} | {Sum(kind, ViolationKind.Reordered)} | {Sum(kind, ViolationKind.Stuck)} | {Sum(kind, ViolationKind.WrongEnd)} | {Sum(kind, ViolationKind.Store) + Sum(kind, ViolationKind.Protocol)} | {Seconds(silences, 50)} / {Seconds(silences, 99)} / {Seconds(silences, 100)} s |");
        }

        return text.ToString();
    }

    private static int Sum(IEnumerable<ScheduleResult> results, ViolationKind kind) => results.Sum(r => r.Count(kind));

    private static string Seconds(List<TimeSpan> times, int percent) => Percentile.Of(times, percent).TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);
}
