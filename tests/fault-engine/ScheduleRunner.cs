using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using StreamChat.FaultEngine.Checks;
using StreamChat.FaultEngine.Clients;
using StreamChat.FaultEngine.Cluster;
using StreamChat.FaultEngine.Network;
using StreamChat.FaultEngine.Schedules;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.FaultEngine;

/// <summary>Runs schedules on a cluster, one after the other.</summary>
public sealed class ScheduleRunner
{
    private static readonly TimeSpan Announcement = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AfterEndPatience = TimeSpan.FromSeconds(20);

    private readonly FaultCluster _cluster;
    private readonly Checker _checker;

    private ScheduleRunner(FaultCluster cluster, IReadOnlyDictionary<string, string> answers)
    {
        _cluster = cluster;
        _checker = new Checker(answers);
    }

    /// <summary>How long after the last fault is over every run must have ended for everybody.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Asks the questions of the schedules once, without faults, for their answers.</summary>
    public static async Task<ScheduleRunner> CreateAsync(FaultCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        Dictionary<string, string> answers = [];
        var runs = ScheduleBuilder.KnownQuestions.Select((question, i) => new PlannedRun
        {
            Index = i,
            RunId = Guid.CreateVersion7(),
            UserId = "reference",
            ThreadId = $"reference-{i}",
            Prompt = question,
        }).ToList();
        await using var link = new FaultProxy(cluster.Edge.Port);
        await using var client = new ResumingClient(new PlannedClient(0, "reference", Entrance.Edge, []), runs, link, Stopwatch.StartNew(), 0);
        foreach (var run in runs)
        {
            client.Begin(run, Role.Ask);
        }

        await Eventually.ComesTrueAsync(() => client.Views.All(v => v.End is not null), TimeSpan.FromSeconds(60));
        foreach (var view in client.Views)
        {
            answers[view.Run.Prompt] = view.End == "RUN_FINISHED" ? view.Text : throw new InvalidOperationException($"'{view.Run.Prompt}' without any fault ended as {view.End}.");
        }

        return new ScheduleRunner(cluster, answers);
    }

    /// <summary>Runs a schedule and checks what came of it. Leaves the cluster whole.</summary>
    public async Task<ScheduleResult> RunAsync(Schedule schedule, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var clock = Stopwatch.StartNew();
        var journal = new ConcurrentQueue<string>();
        void Note(string text) => journal.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds,8:0.000} {text}"));

        List<FaultProxy> links = [.. schedule.Clients.Select(c => new FaultProxy(PortOf(c.Entrance), otherwise: _cluster.Edge.Port))];
        List<ResumingClient> clients = [.. schedule.Clients.Select((c, i) => new ResumingClient(c, schedule.Runs, links[i], clock, schedule.Seed + i))];
        List<Violation> violations = [];
        var unannounced = 0;
        try
        {
            using var injector = new FaultInjector(_cluster, links, clock, Note);
            var faults = injector.RunAsync(schedule.Faults, cancellationToken);
            var people = ActAsync(schedule, clients, clock, cancellationToken);
            await people;
            try
            {
                await faults;
                await HealAsync(links);
            }
            catch (InvalidOperationException e)
            {
                violations.Add(new Violation(ViolationKind.Stuck, $"not ready again: {e.Message.Split('\n')[0]}"));
            }

            Note("all is whole again");
            unannounced = await WaitForEndsAsync(clients, violations.Count == 0 ? Patience : TimeSpan.Zero, cancellationToken);
            Note("the runs have ended, or time is over");
            if (AllEnded(clients))
            {
                ActAfterEnd(schedule, clients);
                await WaitForEndsAsync(clients, AfterEndPatience, cancellationToken);
            }

            await SettleAsync(clients, violations);
            violations.AddRange(await CheckAsync(schedule, clients, cancellationToken));
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }

            foreach (var link in links)
            {
                await link.DisposeAsync();
            }
        }

        var result = new ScheduleResult
        {
            Schedule = schedule,
            Streams = clients.Sum(c => c.Views.Count),
            Silences = [.. clients.SelectMany(c => c.Views).Where(v => v is { IsLive: true, Run.IsPaced: true }).Select(v => v.Silence)],
            Connections = clients.Sum(c => c.Connections),
            Repeated = clients.SelectMany(c => c.Views).Where(v => v.Attempt > 1).Select(v => v.Run.Index).Distinct().Count(),
            Refusals = clients.SelectMany(c => c.Views).Sum(v => v.Refusals),
            Unannounced = unannounced,
            Violations = violations,
            Took = clock.Elapsed,
        };
        if (violations.Count == 0)
        {
            return result;
        }

        result = result with { Report = await FailureReport.WriteAsync(_cluster, result, clients, [.. journal]) };
        if (violations.Exists(v => v.Kind == ViolationKind.Stuck))
        {
            // what is stuck in it is not the next schedule's matter
            await _cluster.ReplaceAsync();
        }

        return result;
    }

    private int PortOf(Entrance entrance) => entrance switch
    {
        Entrance.Edge => _cluster.Edge.Port,
        Entrance.FirstGateway => _cluster.Gateways[0].Port,
        _ => _cluster.Gateways[1].Port,
    };

    private async Task HealAsync(List<FaultProxy> links)
    {
        foreach (var link in links)
        {
            link.Heal();
        }

        await _cluster.HealAsync();
    }

    /// <summary>What people do, each thing at its time.</summary>
    private static async Task ActAsync(Schedule schedule, List<ResumingClient> clients, Stopwatch clock, CancellationToken cancellationToken)
    {
        List<(TimeSpan At, Action Do)> acts = [];
        foreach (var client in schedule.Clients)
        {
            acts.AddRange(client.Uses
                .Where(u => u.Role is not Role.AskAfterEnd and not Role.AttachAfterEnd)
                .Select(u => (u.At, (Action)(() => clients[client.Index].Begin(schedule.Runs[u.Run], u.Role)))));
        }

        acts.AddRange(schedule.Runs
            .Where(r => r.CancelAt is not null)
            .Select(r => (r.CancelAt!.Value, (Action)(() => clients[r.CancelledBy].Cancel(r)))));
        foreach (var (at, act) in acts.OrderBy(a => a.At))
        {
            if (at - clock.Elapsed is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait, cancellationToken);
            }

            act();
        }
    }

    private static void ActAfterEnd(Schedule schedule, List<ResumingClient> clients)
    {
        foreach (var client in schedule.Clients)
        {
            foreach (var use in client.Uses.Where(u => u.Role is Role.AskAfterEnd or Role.AttachAfterEnd))
            {
                clients[client.Index].Begin(schedule.Runs[use.Run], use.Role);
            }
        }
    }

    /// <summary>
    /// Waits until all have seen the end of all. One that joined a run's thread and was told nothing of it asks for it by its id: an
    /// announcement is not promised to come.
    /// </summary>
    /// <returns>How many had to.</returns>
    private static async Task<int> WaitForEndsAsync(List<ResumingClient> clients, TimeSpan patience, CancellationToken cancellationToken)
    {
        HashSet<RunView> asked = [];
        var announced = Stopwatch.StartNew();
        await Eventually.ComesTrueAsync(
            () =>
            {
                if (announced.Elapsed > Announcement)
                {
                    announced.Restart();
                    foreach (var client in clients)
                    {
                        foreach (var view in client.Views.Where(v => v is { Joins: true, FirstAt: null }))
                        {
                            asked.Add(view);
                            client.AttachTo(view.Run);
                        }
                    }
                }

                return AllEnded(clients);
            },
            patience,
            cancellationToken: cancellationToken);
        return asked.Count;
    }

    private static bool AllEnded(List<ResumingClient> clients) => clients.TrueForAll(c => c.Views.All(v => v.End is not null));

    /// <summary>What was sent to a client before the answer to a ping has come when that has: nothing follows an end unseen.</summary>
    private static async Task SettleAsync(List<ResumingClient> clients, List<Violation> violations)
    {
        await Task.WhenAll(clients.Select(async client =>
        {
            try
            {
                await client.SettleAsync(SettlePatience);
            }
            catch (TimeoutException e)
            {
                lock (violations)
                {
                    violations.Add(new Violation(ViolationKind.Stuck, e.Message));
                }
            }
        }));
    }

    private async Task<List<Violation>> CheckAsync(Schedule schedule, List<ResumingClient> clients, CancellationToken cancellationToken)
    {
        List<Violation> found = [];
        using var threads = new StoredThreads(_cluster.Edge.Address);
        var views = clients.SelectMany(c => c.Views).ToLookup(v => v.Run.Index);
        foreach (var thread in schedule.Runs.GroupBy(r => (r.UserId, r.ThreadId)))
        {
            var stored = await threads.ReadAsync(thread.Key.UserId, thread.Key.ThreadId, cancellationToken);
            foreach (var run in thread)
            {
                found.AddRange(_checker.Check(run, [.. views[run.Index]], stored));
            }
        }

        found.AddRange(await KeptNotes.CheckAsync(schedule, views, _cluster.Edge.Port, cancellationToken));
        return found;
    }
}
