using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using StreamChat.Load.Dialects;

namespace StreamChat.Load;

/// <summary>What the command line asks for.</summary>
internal sealed record LoadOptions
{
    public const string Usage =
        """
        Usage: --url ws://host:port[/path] [options]
          --dialect NAME    native, assistant, aurawell, agent-engine, yychat or session (native); each has its own path
          --client NAME     socket, or dotnet for that of clients/dotnet (native only), which comes back after every loss (socket)
          --connections N   sockets, each with a user of its own (100)
          --streams N       how many of them ask for runs; the others only wait (all)
          --ping TIME       how often each of those that wait shows that it is there; 0s = never (30s)
          --runs N          how many runs each of those that ask wants, one after the other (1)
          --duration TIME   ask for as long as this instead
          --tokens N        deltas that each run asks for (200)
          --rate N          deltas per second and run; 0 = as fast as they come (0)
          --cancel-after N  stop each run when so many of its deltas have come (native only); 0 = never (0)
          --ramp TIME       over which the starts of the runs are spread: 20ms, 5s, 1m (20ms)
          --warm-up TIME    how long some of them ask for short runs before anything is measured (0s)
          --timeout N       seconds until all runs must have ended, counted from the end of the duration (60)
          --pid N ...       processes whose CPU time and memory to report
        Readers that are too slow, beside all that (native only):
          --slow N          how many (0)
          --slow-rate N     bytes per second that each reads; 0 = as fast as they come, to compare with (1024)
          --slow-tokens N   deltas that each asks for (100000)
          --slow-pace N     deltas per second of those; 0 = as fast as they come (0)
        """;

    /// <summary>Deltas of a run that only warms up.</summary>
    public const int WarmUpTokens = 50;

    public const string WarmUpPrompt = "/load 50";

    public required Uri Url { get; init; }

    public ILoadDialect Dialect { get; init; } = LoadDialects.ByName[LoadDialects.Default];

    /// <summary>Whether the client of <c>clients/dotnet</c> is what asks, instead of a socket of our own.</summary>
    public bool UsesClient { get; init; }

    public int Connections { get; init; } = 100;

    public int Streams { get; init; } = 100;

    public int Runs { get; init; } = 1;

    /// <summary>Zero for <see cref="Runs"/>.</summary>
    public TimeSpan Duration { get; init; }

    public int Tokens { get; init; } = 200;

    public int Rate { get; init; }

    /// <summary>Zero for never.</summary>
    public int CancelAfter { get; init; }

    public TimeSpan Ramp { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long runs go on that are not counted, before those that are.</summary>
    public TimeSpan WarmUp { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Zero for never.</summary>
    public TimeSpan Ping { get; init; } = TimeSpan.FromSeconds(30);

    public IReadOnlyList<int> Pids { get; init; } = [];

    public int Slow { get; init; }

    public int SlowRate { get; init; } = 1024;

    public int SlowTokens { get; init; } = 100_000;

    public int SlowPace { get; init; }

    /// <summary>The message that makes the demo model emit the tokens.</summary>
    public string Prompt => Load(Tokens, Rate);

    public string SlowPrompt => Load(SlowTokens, SlowPace);

    /// <summary>Where a user's socket is.</summary>
    public Uri AddressOf(string user) => Dialect.Address(Url.AbsolutePath == "/" ? new Uri(Url, Dialect.Path + Url.Query) : Url, user);

    public static bool TryParse(
        IReadOnlyList<string> args, [NotNullWhen(true)] out LoadOptions? options, [NotNullWhen(false)] out string? problem)
    {
        options = null;
        problem = null;
        Uri? url = null;
        int connections = 100, streams = 0, runs = 1, tokens = 200, rate = 0, timeout = 60, cancelAfter = 0;
        int slow = 0, slowRate = 1024, slowTokens = 100_000, slowPace = 0;
        var dialect = LoadDialects.ByName[LoadDialects.Default];
        var usesClient = false;
        var duration = TimeSpan.Zero;
        var ramp = TimeSpan.FromMilliseconds(20);
        var warmUp = TimeSpan.Zero;
        var ping = TimeSpan.FromSeconds(30);
        List<int> pids = [];
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i];
            var value = i + 1 < args.Count ? args[i + 1] : "";
            var good = name switch
            {
                "--url" => Uri.TryCreate(value, UriKind.Absolute, out url) && url.Scheme is "ws" or "wss",
                "--dialect" => LoadDialects.ByName.TryGetValue(value, out dialect),
                "--client" => TryClient(value, out usesClient),
                "--connections" => TryCount(value, 1, out connections),
                "--streams" => TryCount(value, 1, out streams),
                "--runs" => TryCount(value, 1, out runs),
                "--duration" => TryDuration(value, out duration),
                "--tokens" => TryCount(value, 1, out tokens),
                "--rate" => TryCount(value, 0, out rate),
                "--cancel-after" => TryCount(value, 0, out cancelAfter),
                "--timeout" => TryCount(value, 1, out timeout),
                "--ramp" => TryDuration(value, out ramp),
                "--warm-up" => TryDuration(value, out warmUp),
                "--ping" => TryDuration(value, out ping),
                "--slow" => TryCount(value, 0, out slow),
                "--slow-rate" => TryCount(value, 0, out slowRate),
                "--slow-tokens" => TryCount(value, 1, out slowTokens),
                "--slow-pace" => TryCount(value, 0, out slowPace),
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

        if ((slow > 0 || cancelAfter > 0 || usesClient) && dialect is not NativeDialect)
        {
            problem = "--slow, --cancel-after and --client dotnet need the native dialect";
            return false;
        }

        options = new LoadOptions
        {
            Url = url,
            Dialect = dialect!,
            UsesClient = usesClient,
            Connections = connections,
            Streams = streams == 0 ? connections : streams,
            Runs = runs,
            Duration = duration,
            Tokens = tokens,
            Rate = rate,
            CancelAfter = cancelAfter,
            Ramp = ramp,
            WarmUp = warmUp,
            Timeout = TimeSpan.FromSeconds(timeout),
            Ping = ping,
            Slow = slow,
            SlowRate = slowRate,
            SlowTokens = slowTokens,
            SlowPace = slowPace,
            Pids = pids,
        };
        return true;
    }

    private static string Load(int tokens, int rate) =>
        rate > 0 ? string.Create(CultureInfo.InvariantCulture, $"/load {tokens} {rate}") : string.Create(CultureInfo.InvariantCulture, $"/load {tokens}");

    private static bool TryCount(string text, int least, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count >= least;

    private static bool TryClient(string name, out bool usesClient)
    {
        usesClient = name == "dotnet";
        return usesClient || name == "socket";
    }

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
