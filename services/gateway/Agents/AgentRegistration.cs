namespace StreamChat.Gateway.Agents;

/// <summary>What knows the agents of the cluster.</summary>
internal static class AgentRegistration
{
    public static void AddAgentDirectory(this IServiceCollection services)
    {
        services.AddSingleton<AgentDirectory>();
        services.AddSingleton<IAgentDirectory>(provider => provider.GetRequiredService<AgentDirectory>());
        services.AddHostedService<AgentsRequester>();
    }
}
