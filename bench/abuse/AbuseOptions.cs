using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using StreamChat.Abuse.Clients;
using StreamChat.TestSupport.Processes;

namespace StreamChat.Abuse;

/// <summary>What the command line asks for.</summary>
internal sealed record AbuseOptions
{
    public static readonly string Usage =
        $"""
        Usage: [options]
          --target NAME       standalone or distributed (distributed)
          --product FOLDER    checkout whose Release build is measured (the one this was built from)
          --kinds NAMES       who misbehaves: all (one row, all kinds at once), each (a row for each kind), none, or names with commas (all)
          --bad N             bad clients in such a row (200)
          --addresses N       how many addresses they share (as many as they are)
          --idle N            idle sockets beside everything (0)
          --people N          people who chat (10)
          --seconds N         length of a row (60)
          --settle N          pause after a row, after which memory is looked at again (30)
          --descriptors N     limit of file descriptors of edge and gateways, or of standalone (that of this shell)
          --set Key=Value     configuration of the product, with __ between the parts of a key; may be repeated
          --postgres          PostgreSQL instead of one SQLite file, which two agent-workers take turns to write
          --fresh             start the product again for each row
          --seed N            determines what bad clients choose (1)
          --logs FOLDER       where the logs of the product go (artifacts/abuse)
        Kinds:
        {string.Join('\n', BadClientKind.All.Select(k => $"  {k.Name,-16}{k.Description}"))}
        """;

    public bool Distributed { get; init; } = true;

    public string Product { get; init; } = RepositoryLayout.Root;

    /// <summary>The rows in which somebody misbehaves.</summary>
    public IReadOnlyList<IReadOnlyList<BadClientKind>> Rows { get; init; } = [BadClientKind.All];

    public int Bad { get; init; } = 200;

    /// <summary>0 for as many as there are bad clients.</summary>
    public int Addresses { get; init; }

    public int Idle { get; init; }

    public int People { get; init; } = 10;

    public TimeSpan Row { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>0 for the limit of this process.</summary>
    public int Descriptors { get; init; }

    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    public bool Fresh { get; init; }

    public bool Postgres { get; init; }

    public int Seed { get; init; } = 1;

    public string Logs { get; init; } = Path.Combine("artifacts", "abuse");

    /// <returns>False when an argument is not understood; <paramref name="problem"/> names it.</returns>
    public static bool TryParse(IReadOnlyList<string> args, out AbuseOptions options, [NotNullWhen(false)] out string? problem)
    {
        options = new AbuseOptions();
        problem = null;
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i];
            var value = i + 1 < args.Count ? args[i + 1] : "";
            var next = name switch
            {
                "--target" when value is "standalone" or "distributed" => options with { Distributed = value == "distributed" },
                "--product" when Directory.Exists(value) => options with { Product = Path.GetFullPath(value) },
                "--kinds" when TryKinds(value, out var rows) => options with { Rows = rows },
                "--bad" when TryCount(value, out var count) => options with { Bad = count },
                "--addresses" when TryCount(value, out var count) => options with { Addresses = count },
                "--idle" when TryCount(value, out var count) => options with { Idle = count },
                "--people" when TryCount(value, out var count) => options with { People = count },
                "--seconds" when TryCount(value, out var count) => options with { Row = TimeSpan.FromSeconds(count) },
                "--settle" when TryCount(value, out var count) => options with { Settle = TimeSpan.FromSeconds(count) },
                "--descriptors" when TryCount(value, out var count) => options with { Descriptors = count },
                "--seed" when TryCount(value, out var count) => options with { Seed = count },
                "--logs" when value.Length > 0 => options with { Logs = value },
                "--set" when value.IndexOf('=', StringComparison.Ordinal) is var at and > 0 =>
                    options with { Settings = new Dictionary<string, string?>(options.Settings) { [value[..at]] = value[(at + 1)..] } },
                "--fresh" => options with { Fresh = true },
                "--postgres" => options with { Postgres = true },
                _ => null,
            };
            if (next is null)
            {
                problem = $"Not understood: {name} {value}".TrimEnd();
                return false;
            }

            options = next;
            i += name is "--fresh" or "--postgres" ? 0 : 1;
        }

        return true;
    }

    internal static bool TryKinds(string text, out IReadOnlyList<IReadOnlyList<BadClientKind>> rows)
    {
        switch (text)
        {
            case "all":
                rows = [BadClientKind.All];
                return true;
            case "each":
                rows = [.. BadClientKind.All.Select(kind => (IReadOnlyList<BadClientKind>)[kind])];
                return true;
            case "none":
                rows = [];
                return true;
            default:
                var kinds = text.Split(',').Select(BadClientKind.Find).OfType<BadClientKind>().ToArray();
                rows = [kinds];
                return kinds.Length == text.Split(',').Length;
        }
    }

    private static bool TryCount(string text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
}
