using System.Globalization;
using System.Text;

namespace StreamChat.FaultEngine.Schedules;

/// <summary>What is done and what is done to it, all of it decided by the seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Kind">The kind of fault that it is about.</param>
/// <param name="Runs">The runs.</param>
/// <param name="Clients">The connections.</param>
/// <param name="Faults">The faults, by time.</param>
public sealed record Schedule(
    int Seed, FaultKind Kind, IReadOnlyList<PlannedRun> Runs, IReadOnlyList<PlannedClient> Clients, IReadOnlyList<PlannedFault> Faults)
{
    /// <summary>All of it, for who looks into a failure.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"seed {Seed}, {Kind}");
        foreach (var run in Runs)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  run {run.Index} {run.RunId} of {run.UserId} in {run.ThreadId}: {run.Prompt}{(run.CancelAt is { } at ? $", cancelled at {at.TotalSeconds:0.000} s by client {run.CancelledBy}" : "")}");
        }

        foreach (var client in Clients)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  client {client.Index} of {client.UserId} by {client.Entrance}: {string.Join(", ", client.Uses.Select(u => string.Create(CultureInfo.InvariantCulture, $"{u.Role} {u.Run} at {u.At.TotalSeconds:0.000} s")))}");
        }

        foreach (var fault in Faults)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {fault}");
        }

        return text.ToString();
    }
}
