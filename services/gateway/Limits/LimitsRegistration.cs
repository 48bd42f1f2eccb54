using Microsoft.Extensions.Options;
using StreamChat.Hosting.Connections;
using StreamChat.Hosting.Http;
using StreamChat.Hosting.Options;
using StreamChat.Hosting.Telemetry;

namespace StreamChat.Gateway.Limits;

/// <summary>How much of everything there may be.</summary>
internal static class LimitsRegistration
{
    // the rest is for the broker and, where everything is one process, for models, tools and the database
    private const double ConnectionShare = 0.6;

    public static IServiceCollection AddLimits(this IServiceCollection services)
    {
        // before the section, which goes before the variables
        services.AddOptions<LimitsOptions>().Configure<IConfiguration>(DocumentedVariables.Apply);

        services.AddValidatedOptions<LimitsOptions>(LimitsOptions.Section);
        services.AddSingleton<ConnectionPlaces>();
        services.AddSingleton<UserRates>();
        services.AddSingleton<UserRuns>();
        services.AddSingleton<AddressLimits>();
        services.AddSingleton<UnreadBytes>();
        services.AddSingleton<LargeFrames>();
        services.AddSingleton<PendingPublishes>();
        services.AddSingleton<UnknownNames>();
        services.AddSingleton<UserToolCalls>();
        return services;
    }

    /// <summary>How many connections the process takes, and whose trace is continued: that of edges and of this machine.</summary>
    public static void AddConnectionLimits(this IServiceCollection services)
    {
        services.AddOptions<ConnectionGateOptions>().Configure<IConfiguration>((gate, configuration) =>
        {
            gate.Share = ConnectionShare;
            gate.WantedKey = $"{LimitsOptions.Section}:{nameof(LimitsOptions.Connections)}";
            gate.Wanted = configuration.GetValue<int>(gate.WantedKey);
        });
        services.AddOptions<TraceTrust>().Configure<IOptions<LimitsOptions>>(
            (trust, limits) => trust.Add([.. TrustedNetworks.Loopback, .. limits.Value.TrustedProxies]));
    }
}
