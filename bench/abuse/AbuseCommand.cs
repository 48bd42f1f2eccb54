using System.Globalization;
using System.Text.Json;
using StreamChat.Abuse.Clients;
using StreamChat.Abuse.People;
using StreamChat.Abuse.Product;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.Abuse;

/// <summary>
/// Starts the product, and for each row of the table the people who chat, the idle crowd and the bad clients, each in a process of its own,
/// so that none of them lags another.
/// </summary>
internal sealed class AbuseCommand(AbuseOptions options, TextWriter output, TextWriter progress, CancellationToken stop)
{
    // an edge needs two descriptors a socket; the rest of the crowd connects to the gateways
    private const double EdgeShare = 0.42;

    private static readonly TimeSpan ChildDeadline = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan OpenDeadline = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter errors, CancellationToken stop)
    {
        if (!AbuseOptions.TryParse(args, out var options, out var problem))
        {
            await errors.WriteLineAsync($"{problem}\n{AbuseOptions.Usage}");
            return 64;
        }

        await new AbuseCommand(options, output, errors, stop).RunAsync();
        return 0;
    }

    private async Task RunAsync()
    {
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{(options.Distributed ? "distributed" : "standalone")} with {(options.Postgres ? "PostgreSQL" : "SQLite")}, {options.People} people, {options.Row.TotalSeconds:0} s a row, {options.Bad} bad clients of {Addresses} addresses, descriptors {(options.Descriptors > 0 ? options.Descriptors : DescriptorLimit())}{string.Concat(options.Settings.Select(s => $", {s.Key}={s.Value}"))}\n"));
        await output.WriteLineAsync(AbuseTable.Header);
        var rows = options.Rows.Select(kinds => (Name: NameOf(kinds), Kinds: kinds));
        if (options.Fresh)
        {
            foreach (var row in rows.Prepend(("nothing", [])))
            {
                await WithProductAsync([row]);
            }
        }
        else
        {
            await WithProductAsync([("nothing", []), .. rows, .. options.Rows.Count > 0 ? [("afterwards", [])] : Array.Empty<(string, IReadOnlyList<BadClientKind>)>()]);
        }
    }

    private int Addresses => options.Addresses > 0 ? options.Addresses : options.Bad;

    private async Task WithProductAsync(IReadOnlyList<(string Name, IReadOnlyList<BadClientKind> Kinds)> rows)
    {
        await using var stack = await ProductStack.StartAsync(
            options.Product, options.Distributed, options.Postgres, options.Settings, Path.GetFullPath(options.Logs), options.Descriptors);
        await FinishAsync(StartPeople(stack, WarmUp));
        foreach (var (name, kinds) in rows.Where(r => r.Name == "nothing"))
        {
            await MeasureAsync(stack, name, kinds, idle: null);
        }

        ChildProcess? idle = null;
        try
        {
            if (options.Idle > 0)
            {
                idle = StartIdle(stack);
                await Eventually.TrueAsync(() => idle.HasExited || (Last(idle)?.StartsWith("all ", StringComparison.Ordinal) ?? false), OpenDeadline);
                await progress.WriteLineAsync($"idle: {Last(idle)}");
                if (rows.Any(r => r.Name == "nothing"))
                {
                    await MeasureAsync(stack, $"{options.Idle} idle", [], idle);
                }
            }

            foreach (var (name, kinds) in rows.Where(r => r.Name != "nothing"))
            {
                await MeasureAsync(stack, name, kinds, idle);
            }
        }
        finally
        {
            if (idle is not null)
            {
                await progress.WriteLineAsync($"idle at the end: {Last(idle)}");
                await idle.DisposeAsync();
            }
        }
    }

    private async Task MeasureAsync(ProductStack stack, string name, IReadOnlyList<BadClientKind> kinds, ChildProcess? idle)
    {
        stop.ThrowIfCancellationRequested();
        await progress.WriteLineAsync($"{name} ...");
        foreach (var process in stack.Processes)
        {
            process.ForgetPeak();
        }

        var before = stack.Processes.Select(p => (p.Rss, p.LogBytes, p.Aborts)).ToArray();
        var people = StartPeople(stack, options.Row);
        if (kinds.Count > 0)
        {
            await progress.WriteLineAsync(await FinishAsync(StartBad(stack, kinds)));
        }

        var report = PeopleReport.FromJson(await FinishAsync(people));
        await Task.Delay(options.Settle, stop);
        var figures = stack.Processes.Select((p, i) =>
            new ProcessFigures(p.Name, before[i].Rss, p.Peak, p.Rss, p.LogBytes - before[i].LogBytes, p.Aborts - before[i].Aborts));
        var beside = idle is null || kinds.Count == 0 ? name : $"{options.Idle} idle, {name}";
        if (idle is not null && Last(idle) is { } line)
        {
            var crowd = JsonSerializer.Deserialize<IdleReport>(line[line.IndexOf('{', StringComparison.Ordinal)..])!;
            beside += $" (idle opened {crowd.Opened}, lost {crowd.Lost}{string.Concat(crowd.Refused.Select(r => $", {r.Value} {r.Key}"))})";
        }

        await output.WriteLineAsync(AbuseTable.Line(new(beside, report, [.. figures])));
        await output.FlushAsync(stop);
    }

    private string NameOf(IReadOnlyList<BadClientKind> kinds) => string.Create(
        CultureInfo.InvariantCulture,
        $"{options.Bad} bad: {(kinds.Count == BadClientKind.All.Count ? "all kinds" : string.Join(", ", kinds.Select(k => k.Name)))}");

    private ChildProcess StartPeople(ProductStack stack, TimeSpan time) =>
        Start("people", stack.Front.ToString(), Text(options.People), Text((int)time.TotalSeconds));

    private ChildProcess StartBad(ProductStack stack, IReadOnlyList<BadClientKind> kinds) => Start(
        "bad", stack.Front.ToString(), string.Join(',', kinds.Select(k => k.Name)), Text(options.Bad), Text(Addresses), Text(options.Seed), Text((int)options.Row.TotalSeconds));

    private ChildProcess StartIdle(ProductStack stack)
    {
        var limit = options.Descriptors > 0 ? options.Descriptors : DescriptorLimit();
        var front = options.Distributed ? Math.Min(options.Idle, (int)(limit * EdgeShare)) : options.Idle;

        // at a small limit the crowd is there to reach it
        front = options.Descriptors > 0 ? options.Idle : front;
        List<string> servers = [$"{stack.Front}={Text(front)}"];
        var rest = options.Idle - front;
        foreach (var (gateway, number) in stack.Gateways.Select((g, i) => (g, i)))
        {
            var share = (rest + number) / stack.Gateways.Count;
            if (share > 0)
            {
                servers.Add($"{gateway.BaseAddress}={Text(share)}");
            }
        }

        return Start(["idle", .. servers]);
    }

    private static ChildProcess Start(params IEnumerable<string> arguments) => ChildProcess.Start(
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(AbuseCommand).Assembly.Location, .. arguments]);

    private static async Task<string> FinishAsync(ChildProcess child)
    {
        await using (child)
        {
            await child.WaitForExitAsync(ChildDeadline + TimeSpan.FromHours(1));
            return child.ExitCode == 0 && Last(child) is { } line ? line : throw new InvalidOperationException($"A process of the bench failed:\n{child.Output}");
        }
    }

    private static string? Last(ChildProcess child) =>
        child.Output.Split('\n').LastOrDefault(l => l.Contains('{', StringComparison.Ordinal));

    private static int DescriptorLimit() =>
        File.ReadLines("/proc/self/limits").First(l => l.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[3] is var soft
        && int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : int.MaxValue;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
