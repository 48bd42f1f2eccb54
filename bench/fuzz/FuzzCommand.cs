using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using StreamChat.Abuse.People;
using StreamChat.Abuse.Product;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.Fuzz;

/// <summary>
/// Sends bad input to all doors for a time, beside people who chat: for the first half to sockets and HTTP only, for the second half in turns with
/// the bus. A forged message may do what it says, for example withdraw a tool; so from then on an error in a log or a turn that fails is counted and
/// is no finding, but people must be served again soon.
/// </summary>
internal sealed class FuzzCommand(FuzzOptions options, TextWriter output, CancellationToken stop)
{
    private const int People = 2;
    private const int BusPause = 10;

    private static readonly TimeSpan ClientPhase = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan BusPhase = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(30);

    /// <returns>0 when nothing was found, 1 when something was, 64 for a wrong command line.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter errors, CancellationToken stop)
    {
        if (FuzzOptions.Parse(args) is not { } options)
        {
            await errors.WriteLineAsync(FuzzOptions.Usage);
            return 64;
        }

        return await new FuzzCommand(options, output, stop).RunAsync() ? 0 : 1;
    }

    private async Task<bool> RunAsync()
    {
        var folder = Directory.CreateDirectory(options.Logs).FullName;

        // logs are appended to: an error of an earlier run would be found again
        foreach (var old in Directory.EnumerateFiles(folder).Where(f => Path.GetExtension(f) is ".log" or ".input"))
        {
            File.Delete(old);
        }

        var findings = new Findings(folder, output);
        await using var stack = await ProductStack.StartAsync(options.Product, options.Distributed, postgres: false, new Dictionary<string, string?>(), folder, descriptors: 0);
        var endpoints = await HttpFuzzer.EndpointsAsync(stack.Front);
        await using var bus = stack.Broker is null ? null : await BusFuzzer.StartAsync(stack.Broker, new Mutator(new Random(options.Seed)));
        await output.WriteLineAsync($"seed {options.Seed}, {endpoints.Count} endpoints, {bus?.Targets ?? "no bus"}");

        var logs = new LogWatch(stack.Processes, findings);
        var clock = Stopwatch.StartNew();
        var early = Array.Empty<double>();
        for (var phase = 0; clock.Elapsed < options.Time && !stop.IsCancellationRequested; phase++)
        {
            var forges = bus is not null && clock.Elapsed > options.Time / 2;
            if (forges)
            {
                await BusAsync(stack, bus!, findings);
            }

            await ClientsAsync(stack, endpoints, findings, phase, forges);
            logs.Read(errorsAreFaults: !forges);

            if (early.Length == 0 && clock.Elapsed > options.Time / 4)
            {
                early = [.. stack.Processes.Select(p => p.Rss)];
            }
        }

        await Task.WhenAny(Task.Delay(Settle, stop));
        logs.Read(errorsAreFaults: false);
        Judge(stack, findings, early);
        return findings.Kinds.Count == 0;
    }

    private async Task ClientsAsync(ProductStack stack, IReadOnlyList<(string Method, string Path)> endpoints, Findings findings, int phase, bool forged)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(ClientPhase);
        var people = Person.ChatAsync(stack.Front, People, over.Token);
        Task Fuzz(Func<int, Mutator, Func<CancellationToken, Task>> make) => Task.WhenAll(Enumerable.Range(0, options.Workers).Select(number =>
        {
            var round = make(number, new Mutator(new Random(HashCode.Combine(options.Seed, phase, number))));
            return Task.Run(() => RepeatAsync(round, findings, over.Token), CancellationToken.None);
        }));
        await Task.WhenAll(
            Fuzz((number, mutator) => new SocketFuzzer(stack.Front, mutator, findings, number).RoundAsync),
            Fuzz((number, mutator) => new HttpFuzzer(stack.Front, endpoints, mutator, findings, number).RoundAsync));
        var report = await people;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"phase {phase}: {report.Turns} turns, first event {report.FirstEvent} ms"));
        if (forged)
        {
            findings.Count(report.Lost + report.Failed.Count == 0 ? "phases after forged messages in which all were served" : "phases after forged messages in which turns failed");
        }
        else if (report.Lost > 0 || report.Failed.Count > 0 || report.Rejected.Count > 0 || report.Disconnects > 0 || report.Turns == 0)
        {
            findings.Add("people were not served", $"phase {phase}: {report.ToJson()}");
        }

        CheckProcesses(stack, findings, $"phase {phase} of sockets and requests");
    }

    private async Task BusAsync(ProductStack stack, BusFuzzer bus, Findings findings)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(BusPhase);
        Queue<byte[]> sent = [];
        try
        {
            while (true)
            {
                sent.Enqueue(await bus.RoundAsync(over.Token));
                if (sent.Count > 2_000)
                {
                    sent.Dequeue();
                }

                findings.Count("messages published");
                await Task.Delay(BusPause, over.Token);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // the phase is over
        }

        var served = await Eventually.ComesTrueAsync(
            async () =>
            {
                using var once = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
                var report = await Person.ChatAsync(stack.Front, 1, once.Token);
                return report is { Turns: > 0, Lost: 0, Failed.Count: 0, Rejected.Count: 0 };
            },
            Recovery,
            TimeSpan.FromSeconds(1),
            stop);
        if (!served)
        {
            findings.Add("not served after messages on the bus", $"within {Recovery.TotalSeconds} s", sent);
        }

        CheckProcesses(stack, findings, "messages on the bus", sent);
    }

    private static async Task RepeatAsync(Func<CancellationToken, Task> round, Findings findings, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            try
            {
                await round(over);
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                if (!over.IsCancellationRequested)
                {
                    findings.Count($"client: {e.GetType().Name}");
                }
            }
        }
    }

    private static void CheckProcesses(ProductStack stack, Findings findings, string after, IEnumerable<byte[]>? input = null)
    {
        foreach (var process in stack.Processes.Where(p => p.Aborts > 0))
        {
            findings.Add($"{process.Name} ended", $"{process.Aborts} times by now; last in {after}", input);
        }
    }

    private void Judge(ProductStack stack, Findings findings, double[] early)
    {
        foreach (var (process, before) in stack.Processes.Zip(early))
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{process.Name}: {before:0} → {process.Rss:0} MiB, log {process.LogBytes / 1024} KiB");
            output.WriteLine(line);
            if (process.Rss > before + options.Growth)
            {
                findings.Add("growth", line);
            }
        }

        foreach (var (answer, count) in findings.Seen)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,8} {answer}"));
        }

        output.WriteLine(findings.Kinds.Count == 0
            ? "nothing found"
            : $"found, seed {options.Seed}: {string.Join(", ", findings.Kinds.Select(k => $"{k.Value} {k.Key}"))}");
    }
}
