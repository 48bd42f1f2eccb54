using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace StreamChat.Load;

/// <summary>What the command line asks for.</summary>
internal sealed record LoadOptions
{
    public const string Usage =
        """
        Usage: --url ws://host:port/ws/v1 [options]
          --connections N   sockets, each with a user of its own (100)
          --streams N       how many of them ask for runs; the others only wait (all)
          --duration TIME   how long those ask again and again, one run after the other (one run each)
          --tokens N        deltas that each run asks for (200)
          --rate N          deltas per second and run; 0 = as fast as they come (0)
          --ramp TIME       over which the starts of the runs are spread: 20ms, 5s, 1m (20ms)
          --warm-up TIME    how long some of them ask for short runs before anything is measured (0s)
          --timeout N       seconds until all runs must have ended, counted from the end of the duration (60)
          --pid N ...       processes whose CPU time and peak memory to report
        """;

    /// <summary>Deltas of a run that only warms up.</summary>
    public const int WarmUpTokens = 50;

    public const string WarmUpPrompt = "/load 50";

    public required Uri Url { get; init; }

    public int Connections { get; init; } = 100;

    public int Streams { get; init; } = 100;

    /// <summary>Zero for one run each.</summary>
    public TimeSpan Duration { get; init; }

    public int Tokens { get; init; } = 200;

    public int Rate { get; init; }

    public TimeSpan Ramp { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long runs go on that are not counted, before those that are.</summary>
    public TimeSpan WarmUp { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    public IReadOnlyList<int> Pids { get; init; } = [];

    /// <summary>The message that makes the demo model emit the tokens.</summary>
    public string Prompt => Rate > 0 ? string.Create(CultureInfo.InvariantCulture, $"/load {Tokens} {Rate}") : $"/load {Tokens}";

    public static bool TryParse(
        IReadOnlyList<string> args, [NotNullWhen(true)] out LoadOptions? options, [NotNullWhen(false)] out string? problem)
    {
        options = null;
        problem = null;
        Uri? url = null;
        int connections = 100, streams = 0, tokens = 200, rate = 0, timeout = 60;
        var duration = TimeSpan.Zero;
        var ramp = TimeSpan.FromMilliseconds(20);
        var warmUp = TimeSpan.Zero;
        List<int> pids = [];
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i];
            var value = i + 1 < args.Count ? args[i + 1] : "";
            var good = name switch
            {
                "--url" => Uri.TryCreate(value, UriKind.Absolute, out url) && url.Scheme is "ws" or "wss",
                "--connections" => TryCount(value, 1, out connections),
                "--streams" => TryCount(value, 1, out streams),
                "--duration" => TryDuration(value, out duration),
                "--tokens" => TryCount(value, 1, out tokens),
                "--rate" => TryCount(value, 0, out rate),
                "--timeout" => TryCount(value, 1, out timeout),
                "--ramp" => TryDuration(value, out ramp),
                "--warm-up" => TryDuration(value, out warmUp),
                "--pid" => TryPids(args, i + 1, pids),
                _ => false,
            };
            if (!good)
            {
                problem = $"Not understood: {name} {value}".TrimEnd();
                return false;
            }

            i++;
            while (name == "--pid" && i + 1 < args.Count && TryCount(args[i + 1], 1, out _))
            {
                i++;
            }
        }

        if (url is null)
        {
            problem = "--url is missing";
            return false;
        }

        if (streams > connections)
        {
            problem = "--streams cannot be more than --connections";
            return false;
        }

        options = new LoadOptions
        {
            Url = url,
            Connections = connections,
            Streams = streams == 0 ? connections : streams,
            Duration = duration,
            Tokens = tokens,
            Rate = rate,
            Ramp = ramp,
            WarmUp = warmUp,
            Timeout = TimeSpan.FromSeconds(timeout),
            Pids = pids,
        };
        return true;
    }

    private static bool TryCount(string text, int least, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count >= least;

    private static bool TryPids(IReadOnlyList<string> args, int first, List<int> pids)
    {
        var before = pids.Count;
        for (var i = first; i < args.Count && TryCount(args[i], 1, out var pid); i++)
        {
            pids.Add(pid);
        }

        return pids.Count > before;
    }

    private static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        (string Suffix, TimeSpan Unit)[] units =
            [("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1))];
        foreach (var (suffix, unit) in units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal) && TryCount(text[..^suffix.Length], 0, out var count))
            {
                duration = unit * count;
                return true;
            }
        }

        return false;
    }
}
