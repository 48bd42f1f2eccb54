using StreamChat.Hosting.Options;

namespace StreamChat.Gateway.Cluster;

/// <summary>What gateways know of each other.</summary>
internal static class ClusterRegistration
{
    public static IServiceCollection AddCluster(this IServiceCollection services)
    {
        services.AddValidatedOptions<ClusterOptions>(ClusterOptions.Section);
        services.AddSingleton<ClusterView>();
        services.AddSingleton<IClusterNumbers>(provider => provider.GetRequiredService<ClusterView>());
        services.AddSingleton<ClusterQuestions>();
        services.AddSingleton<ClusterReporter>();
        services.AddHostedService(provider => provider.GetRequiredService<ClusterReporter>());
        return services;
    }
}
