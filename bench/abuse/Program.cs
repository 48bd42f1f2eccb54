using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using StreamChat.Abuse;
using StreamChat.Abuse.Clients;
using StreamChat.Abuse.People;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

// the first three are processes that a measurement starts; each prints one line of JSON, the idle crowd one a second
switch (args.FirstOrDefault())
{
    case "people":
        using (var over = After(args[3]))
        {
            Console.WriteLine((await Person.ChatAsync(new Uri(args[1]), Number(args[2]), over.Token)).ToJson());
        }

        return 0;
    case "bad":
        AbuseOptions.TryKinds(args[2], out var rows);
        using (var over = After(args[6]))
        {
            var outcomes = new ConcurrentDictionary<string, long>();
            await BadCrowd.RunAsync(new Uri(args[1]), rows[0], Number(args[3]), Number(args[4]), Number(args[5]), outcomes, over.Token);
            Console.WriteLine(JsonSerializer.Serialize(outcomes.OrderBy(o => o.Key, StringComparer.Ordinal).ToDictionary()));
        }

        return 0;
    case "idle":
        using (var crowd = new IdleCrowd())
        {
            await crowd.OpenAsync([.. args[1..].Select(a => (new Uri(a[..a.LastIndexOf('=')]), Number(a[(a.LastIndexOf('=') + 1)..])))], stop.Token);
            while (!stop.IsCancellationRequested)
            {
                Console.WriteLine($"all asked: {crowd.Report.ToJson()}");
                await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(1), stop.Token));
            }
        }

        return 0;
    default:
        return await AbuseCommand.RunAsync(args, Console.Out, Console.Error, stop.Token);
}

CancellationTokenSource After(string seconds)
{
    var source = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
    source.CancelAfter(TimeSpan.FromSeconds(Number(seconds)));
    return source;
}

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
