using StreamChat.Hosting.Options;

namespace StreamChat.ToolWorker.Tools.Ledger;

/// <summary>Puts the ledger of calls into a process.</summary>
internal static class LedgerRegistration
{
    /// <summary>Adds <see cref="CallLedger"/> and its upkeep. The database must be there.</summary>
    public static IServiceCollection AddCallLedger(this IServiceCollection services)
    {
        services.AddValidatedOptions<LedgerOptions>(LedgerOptions.Section);
        services.AddSingleton<CallLedger>();
        services.AddSingleton<LedgerUpkeep>();
        services.AddHostedService(provider => provider.GetRequiredService<LedgerUpkeep>());
        return services;
    }
}
