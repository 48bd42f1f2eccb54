using StreamChat.Hosting.Options;

namespace StreamChat.Gateway.Limits;

/// <summary>How much of everything there may be.</summary>
internal static class LimitsRegistration
{
    public static IServiceCollection AddLimits(this IServiceCollection services)
    {
        // before the sections, which go before the variables
        services.AddOptions<LimitsOptions>().Configure<IConfiguration>(DocumentedVariables.Apply);
        services.AddOptions<AgentEngineLimits>().Configure<IConfiguration>(DocumentedVariables.Apply);

        services.AddValidatedOptions<LimitsOptions>(LimitsOptions.Section);
        services.AddValidatedOptions<AgentEngineLimits>(AgentEngineLimits.Section);
        services.AddValidatedOptions<AuraWellLimits>(AuraWellLimits.Section);
        services.AddSingleton<ConnectionPlaces>();
        services.AddSingleton<UserRates>();
        services.AddSingleton<UserRuns>();
        return services;
    }
}
