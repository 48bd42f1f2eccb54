using System.Diagnostics;
using StreamChat.Chaos;
using StreamChat.FaultEngine;
using StreamChat.FaultEngine.Cluster;
using StreamChat.FaultEngine.Schedules;

if (!ChaosOptions.TryParse(args, out var options))
{
    Console.Error.WriteLine(ChaosOptions.Usage);
    return 64;
}

var schedules = Enumerable.Range(options.From, options.Seeds).Select(seed => ScheduleBuilder.Build(seed, options.Kind)).Where(s => options.Only.Contains(s.Kind));
if (options.List)
{
    foreach (var schedule in schedules)
    {
        Console.WriteLine(schedule);
    }

    return 0;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
var clock = Stopwatch.StartNew();
List<ScheduleResult> results = [];
await using (var cluster = await FaultCluster.StartAsync(new ClusterOptions { Postgres = options.Postgres, LogFolder = Path.GetFullPath(options.Logs) }))
{
    var runner = await ScheduleRunner.CreateAsync(cluster);
    foreach (var schedule in schedules)
    {
        if (clock.Elapsed > options.For || stop.IsCancellationRequested)
        {
            break;
        }

        if (options.Verbose)
        {
            Console.Error.WriteLine(schedule);
        }

        try
        {
            results.Add(await runner.RunAsync(schedule, stop.Token));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            break;
        }

        Console.WriteLine(results[^1].ToJson());
        if (results[^1].Violations.Count > 0)
        {
            Console.Error.WriteLine(string.Join('\n', results[^1].Violations.Take(options.Verbose ? int.MaxValue : 5)));
            if (!options.KeepGoing)
            {
                break;
            }
        }
    }
}

Console.WriteLine();
Console.WriteLine(ResultTable.Of(results));
var failed = results.Where(r => r.Violations.Count > 0).Select(r => r.Schedule.Seed).ToList();
Console.WriteLine(failed.Count == 0 ? $"{results.Count} schedules, nothing wrong" : $"{results.Count} schedules, wrong: seeds {string.Join(", ", failed)}");
return failed.Count == 0 ? 0 : 1;
