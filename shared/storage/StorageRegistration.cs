using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Health;
using StreamChat.Hosting.Options;
using StreamChat.Storage.Providers;

namespace StreamChat.Storage;

/// <summary>Puts the database into a process.</summary>
internal static class StorageRegistration
{
    /// <summary>
    /// Adds <see cref="SqlTransactions"/>, the start of the schema and the readiness check <c>store</c>, once however many services of
    /// one process ask for it. To be called before the bus is added: what is added first starts first, and what comes over the bus
    /// needs the database.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configuration">Holds section <c>Store</c>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddStore(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.Any(s => s.ServiceType == typeof(SqlTransactions)))
        {
            return services;
        }

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

        services.AddSingleton<SqlTransactions>();
        services.AddHostedService<StoreInitializer>();
        services.AddHostedService<StoreClockLoop>();
        services.AddHealthChecks().AddCheck<StoreHealthCheck>("store", tags: [HealthEndpoints.ReadyTag]);
        return services;
    }
}
