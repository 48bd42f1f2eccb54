using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Storage.Providers;
using StreamChat.Hosting.Health;
using StreamChat.Hosting.Options;

namespace StreamChat.AgentWorker.Storage;

/// <summary>Puts the store into a process.</summary>
internal static class StorageRegistration
{
    /// <summary>
    /// Adds <see cref="IConversationStore"/> and <see cref="IRoomStore"/>, their start and the readiness check <c>store</c>. To be called before the bus is
    /// added: what is added first starts first, and runs need the store.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configuration">Holds section <c>Store</c>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddConversationStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<StoreOptions>(StoreOptions.Section);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<StoreOptions>>().Value);
        if (configuration.GetValidatedOptions<StoreOptions>(StoreOptions.Section).Provider == StoreProvider.Postgres)
        {
            services.AddSingleton<StoreDatabase, PostgresDatabase>();
        }
        else
        {
            services.AddSingleton<StoreDatabase, SqliteDatabase>();
        }

        services.AddValidatedOptions<RoomOptions>(RoomOptions.Section);
        services.AddSingleton<SqlTransactions>();
        services.AddSingleton<IRoomStore, SqlRoomStore>();
        services.AddSingleton<SqlConversationStore>();
        services.AddSingleton<IConversationStore>(provider => provider.GetRequiredService<SqlConversationStore>());
        services.AddHostedService<StoreInitializer>();
        services.AddHealthChecks().AddCheck<StoreHealthCheck>("store", tags: [HealthEndpoints.ReadyTag]);
        return services;
    }
}
