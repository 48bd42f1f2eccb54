using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using StreamChat.FaultEngine.Schedules;

namespace StreamChat.Chaos;

/// <summary>What the command line asks for.</summary>
internal sealed record ChaosOptions
{
    public const string Usage =
        """
        Usage: [options]
          --seeds N      how many schedules (100)
          --from N       the first seed (0); seeds in a row go through all kinds of faults
          --for TIME     stop after this time: 90s, 30m, 1h (when all seeds have run)
          --seed N       this one only
          --kind KIND    all of them of this kind, whatever the seed says
          --only KINDS   only schedules of these kinds of faults, for example WorkerKill,Pause
          --except KINDS all but these
          --postgres     PostgreSQL instead of SQLite
          --keep-going   collect failures instead of stopping at the first
          --verbose      print each schedule before it runs
          --list         print the schedules, and run none
          --logs FOLDER  where failures and the processes' logs go (artifacts/chaos)
        """;

    public int Seeds { get; init; } = 100;

    public int From { get; init; }

    public TimeSpan For { get; init; } = TimeSpan.MaxValue;

    public IReadOnlyList<FaultKind> Only { get; init; } = Enum.GetValues<FaultKind>();

    public FaultKind? Kind { get; init; }

    public bool Postgres { get; init; }

    public bool KeepGoing { get; init; }

    public bool Verbose { get; init; }

    public bool List { get; init; }

    public string Logs { get; init; } = Path.Combine("artifacts", "chaos");

    public static bool TryParse(IReadOnlyList<string> args, [NotNullWhen(true)] out ChaosOptions? options)
    {
        options = new ChaosOptions();
        for (var i = 0; i < args.Count; i++)
        {
            var value = i + 1 < args.Count ? args[i + 1] : "";
            options = args[i] switch
            {
                "--seeds" when TryCount(value, out var seeds) => options with { Seeds = seeds },
                "--from" when TryCount(value, out var from) => options with { From = from },
                "--seed" when TryCount(value, out var seed) => options with { From = seed, Seeds = 1 },
                "--for" when TryDuration(value, out var time) => options with { For = time },
                "--kind" when Enum.TryParse<FaultKind>(value, ignoreCase: true, out var kind) => options with { Kind = kind },
                "--only" when TryKinds(value, out var only) => options with { Only = only },
                "--except" when TryKinds(value, out var except) => options with { Only = [.. options.Only.Except(except)] },
                "--logs" when value.Length > 0 => options with { Logs = value },
                "--postgres" => options with { Postgres = true },
                "--keep-going" => options with { KeepGoing = true },
                "--verbose" => options with { Verbose = true },
                "--list" => options with { List = true },
                _ => null,
            };
            if (options is null)
            {
                return false;
            }

            i += args[i] is "--postgres" or "--keep-going" or "--verbose" or "--list" ? 0 : 1;
        }

        return true;
    }

    private static bool TryCount(string text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);

    private static bool TryKinds(string text, out List<FaultKind> kinds)
    {
        kinds = [];
        foreach (var word in text.Split(','))
        {
            if (!Enum.TryParse<FaultKind>(word, ignoreCase: true, out var kind))
            {
                return false;
            }

            kinds.Add(kind);
        }

        return true;
    }

    private static bool TryDuration(string text, out TimeSpan time)
    {
        time = default;
        if (text.Length < 2 || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var unit = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        time = TimeSpan.FromSeconds(number * unit);
        return unit > 0;
    }
}
