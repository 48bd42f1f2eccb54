using System.Diagnostics;
using StreamChat.FaultEngine.Clients;
using StreamChat.FaultEngine.Network;
using StreamChat.FaultEngine.Schedules;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.FaultEngine.Checks;

/// <summary>
/// Whether the notes that a user had taken were kept once: a call with an effect, which neither a tool-worker that dies nor a run that
/// begins anew may do twice.
/// </summary>
internal static class KeptNotes
{
    private const string Question = "Show my notes";
    private const string Done = "Noted as number";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Asks for the notes of everybody who had some taken, and compares.</summary>
    /// <param name="schedule">What was done.</param>
    /// <param name="views">What was seen of each run, by index.</param>
    /// <param name="port">Where to ask.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyList<Violation>> CheckAsync(
        Schedule schedule, ILookup<int, RunView> views, int port, CancellationToken cancellationToken)
    {
        List<Violation> found = [];
        foreach (var user in schedule.Runs.Where(r => r.Note is not null).GroupBy(r => r.UserId))
        {
            if (await AskAsync(user.Key, port, cancellationToken) is not { } notes)
            {
                found.Add(new Violation(ViolationKind.Stuck, $"the notes of {user.Key} could not be had"));
                continue;
            }

            foreach (var run in user)
            {
                var kept = notes.Count(n => n == run.Note);
                var wasTold = views[run.Index].Any(v => v.Text.Contains(Done, StringComparison.Ordinal));
                if (kept > 1)
                {
                    found.Add(new Violation(ViolationKind.Duplicated, $"'{run.Note}' was kept {kept} times", Run: run.Index, Count: kept - 1));
                }
                else if (kept == 0 && wasTold)
                {
                    found.Add(new Violation(ViolationKind.Lost, $"'{run.Note}' was not kept", Run: run.Index));
                }
            }
        }

        return found;
    }

    /// <summary>The texts of a user's notes; null when they cannot be had.</summary>
    private static async Task<IReadOnlyList<string>?> AskAsync(string userId, int port, CancellationToken cancellationToken)
    {
        var run = new PlannedRun { Index = 0, RunId = Guid.CreateVersion7(), UserId = userId, ThreadId = $"{userId}-notes", Prompt = Question };
        await using var link = new FaultProxy(port);
        await using var client = new ResumingClient(new PlannedClient(0, userId, Entrance.Edge, []), [run], link, Stopwatch.StartNew(), seed: 0);
        client.Begin(run, Role.Ask);
        await Eventually.ComesTrueAsync(() => client.Views[0].End is not null, Patience, cancellationToken: cancellationToken);

        // a heading, and then a line each: "1. text"
        return client.Views[0].End == "RUN_FINISHED"
            ? [.. client.Views[0].Text.Split('\n').Select(line => line[(line.IndexOf(". ", StringComparison.Ordinal) + 2)..])]
            : null;
    }
}
