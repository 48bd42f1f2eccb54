using StreamChat.Hosting.Options;

namespace StreamChat.Gateway.Limits;

/// <summary>How much of everything there may be.</summary>
internal static class LimitsRegistration
{
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
        services.AddSingleton<PendingPublishes>();
        services.AddSingleton<UnknownNames>();
        return services;
    }
}
