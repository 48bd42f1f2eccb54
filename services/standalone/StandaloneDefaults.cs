using Microsoft.Extensions.Configuration.Memory;

namespace StreamChat.Standalone;

/// <summary>What differs when everything is one process. Any configuration of the operator goes before it.</summary>
public static class StandaloneDefaults
{
    private static readonly Dictionary<string, string?> Values = new()
    {
        ["Bus:Transport"] = "InMemory",

        // the in-memory bus would queue requests without end: past this many the client is told that the server is busy
        ["Limits:RunsInFlight"] = "2000",
        ["Worker:Runs"] = "2000",
    };

    /// <summary>Puts the defaults before all other sources, so that each of them overrides the defaults.</summary>
    /// <param name="configuration">The configuration of the host.</param>
    public static void UseStandaloneDefaults(this IConfigurationManager configuration) =>
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Values });
}
