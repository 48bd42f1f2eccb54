using System.Globalization;

namespace StreamChat.Outages;

/// <summary>What is to be measured, from the command line.</summary>
/// <param name="What">Which outage: <c>rolling</c> or <c>nodes</c>.</param>
/// <param name="Streams">How many people stream.</param>
/// <param name="Tokens">Tokens of each answer.</param>
/// <param name="Rate">Tokens a second of each.</param>
/// <param name="Log">Where the processes' output goes; null for nowhere.</param>
internal sealed record OutageOptions(string What, int Streams, int Tokens, double Rate, string? Log)
{
    public const string Usage = """
        dotnet run -c Release --project bench/outages -- rolling|nodes [--streams N] [--tokens N] [--rate N] [--log FILE]

        rolling  restarts every service process one after the other: agent-workers, tool-worker, gateways, edges
        nodes    a broker of three nodes loses the leader of agent-runs, and when it is back the node of a gateway

        in the middle of N streams (500) of N tokens (1200) at N tokens a second (10), and says how long each was silent.
        The services must have been built: dotnet build StreamChat.sln -c Release
        """;

    private static readonly string[] Outages = ["rolling", "nodes"];

    /// <summary>Reads the command line.</summary>
    /// <returns>Null when it is not understood.</returns>
    public static OutageOptions? Parse(IReadOnlyList<string> args)
    {
        if (args.Count == 0 || !Outages.Contains(args[0]) || args.Count % 2 == 0)
        {
            return null;
        }

        var options = new OutageOptions(args[0], Streams: 500, Tokens: 1200, Rate: 10, Log: null);
        for (var i = 1; i < args.Count; i += 2)
        {
            var value = args[i + 1];
            var isNumber = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0;
            switch (args[i])
            {
                case "--streams" when isNumber:
                    options = options with { Streams = (int)number };
                    break;
                case "--tokens" when isNumber:
                    options = options with { Tokens = (int)number };
                    break;
                case "--rate" when isNumber:
                    options = options with { Rate = number };
                    break;
                case "--log":
                    options = options with { Log = value };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
