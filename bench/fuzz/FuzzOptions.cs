using System.Globalization;
using StreamChat.TestSupport.Processes;

namespace StreamChat.Fuzz;

/// <summary>What the command line asks for.</summary>
internal sealed record FuzzOptions
{
    public const string Usage =
        """
        Usage: [options]
          --target NAME       standalone or distributed (distributed)
          --product FOLDER    checkout whose Release build is tried (the one this was built from)
          --minutes N         how long (30)
          --seed N            determines every input (1)
          --workers N         sockets and requests at once, of each (3)
          --growth N          MiB that a process may have grown between the first quarter and the end (200)
          --logs FOLDER       where logs and the inputs of findings go (artifacts/fuzz)
        """;

    public bool Distributed { get; init; } = true;

    public string Product { get; init; } = RepositoryLayout.Root;

    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(30);

    public int Seed { get; init; } = 1;

    public int Workers { get; init; } = 3;

    public int Growth { get; init; } = 200;

    public string Logs { get; init; } = Path.Combine("artifacts", "fuzz");

    /// <returns>Null when it is not understood.</returns>
    public static FuzzOptions? Parse(IReadOnlyList<string> args)
    {
        var options = new FuzzOptions();
        for (var i = 0; i < args.Count && options is not null; i += 2)
        {
            var value = i + 1 < args.Count ? args[i + 1] : "";
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
            options = args[i] switch
            {
                "--target" when value is "standalone" or "distributed" => options with { Distributed = value == "distributed" },
                "--product" when Directory.Exists(value) => options with { Product = Path.GetFullPath(value) },
                "--minutes" when isNumber => options with { Time = TimeSpan.FromMinutes(number) },
                "--seed" when isNumber => options with { Seed = number },
                "--workers" when isNumber => options with { Workers = number },
                "--growth" when isNumber => options with { Growth = number },
                "--logs" when value.Length > 0 => options with { Logs = value },
                _ => null,
            };
        }

        return options;
    }
}
