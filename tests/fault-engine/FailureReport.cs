using System.Text;
using StreamChat.FaultEngine.Clients;
using StreamChat.FaultEngine.Cluster;

namespace StreamChat.FaultEngine;

/// <summary>Tells a failure in full: the schedule with its times, what must not be, each offending viewer's frames, and the processes' logs.</summary>
internal static class FailureReport
{
    /// <summary>Writes it beside the logs.</summary>
    /// <returns>Its path.</returns>
    public static async Task<string> WriteAsync(
        FaultCluster cluster, ScheduleResult result, IReadOnlyList<ResumingClient> clients, IReadOnlyList<string> journal)
    {
        var folder = cluster.LogFolder ?? Path.GetTempPath();
        var text = new StringBuilder();
        text.AppendLine(result.Schedule.ToString()).AppendLine("What was done:");
        text.AppendJoin('\n', journal).AppendLine().AppendLine().AppendLine("What must not be:");
        text.AppendJoin('\n', result.Violations).AppendLine();
        foreach (var (client, run) in result.Violations.Where(v => v.Client is not null).Select(v => (v.Client!.Value, v.Run)).Distinct())
        {
            var runId = run is { } index ? result.Schedule.Runs[index].RunId.ToString() : "";
            text.AppendLine().AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"Client {client}, run {run}:");
            text.AppendJoin('\n', clients[client].Frames.Lines().Where(l => l.Contains(runId, StringComparison.Ordinal) || l.Contains("--", StringComparison.Ordinal) || l.Contains("\"welcome\"", StringComparison.Ordinal))).AppendLine();
        }

        await cluster.SaveLogsAsync();
        var path = Path.Combine(folder, $"seed-{result.Schedule.Seed}.txt");
        await File.WriteAllTextAsync(path, text.ToString());
        foreach (var log in Directory.GetFiles(folder, "*.log"))
        {
            // what the processes had said by then; they go on
            Directory.CreateDirectory(Path.Combine(folder, $"seed-{result.Schedule.Seed}"));
            File.Copy(log, Path.Combine(folder, $"seed-{result.Schedule.Seed}", Path.GetFileName(log)), overwrite: true);
        }

        return path;
    }
}
