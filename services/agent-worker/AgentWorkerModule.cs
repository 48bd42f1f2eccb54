using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Agents.Announcing;
using StreamChat.AgentWorker.Agents.Guardrails;
using StreamChat.AgentWorker.Agents.Progress;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Memory;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Models.Demo;
using StreamChat.AgentWorker.Models.Providers;
using StreamChat.AgentWorker.Relay;
using StreamChat.AgentWorker.Rooms;
using StreamChat.AgentWorker.Runs;
using StreamChat.AgentWorker.Runs.Checkpoints;
using StreamChat.AgentWorker.Runs.Execution;
using StreamChat.AgentWorker.Storage;
using StreamChat.Hosting.Options;
using StreamChat.Hosting.Work;

namespace StreamChat.AgentWorker;

/// <summary>The agent-worker as a module: its own process adds it, and so does the standalone server.</summary>
public static class AgentWorkerModule
{
    /// <summary>Adds everything but the bus, which takes <see cref="AgentWorkerBus"/>. Call before the bus is added, so that the relay outlives it.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configuration">Sections <c>Worker</c>, <c>Relay</c>, <c>Limits</c>, <c>Memory</c>, <c>Agents</c>, <c>Guardrails</c>, <c>Personalities</c>, <c>Model</c>, <c>Models</c>, <c>Store</c>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddAgentWorker(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<WorkerIdentity>();
        services.AddValidatedOptions<WorkerOptions>(WorkerOptions.Section);
        services.AddAbandonedWork();
        services.AddRuns();
        services.AddRooms();
        services.AddMemory();
        services.AddAgents();
        services.AddModel();
        services.AddConversationStore(configuration);
        return services;
    }

    private static void AddRuns(this IServiceCollection services)
    {
        services.AddValidatedOptions<RelayOptions>(RelayOptions.Section);
        services.AddValidatedOptions<RunOptions>(RunOptions.Section);
        services.AddValidatedOptions<RunLogOptions>(RunLogOptions.Section);
        services.AddValidatedOptions<ThreadOptions>(ThreadOptions.Section);
        services.AddSingleton<RelayMetrics>();
        services.AddSingleton<RunMetrics>();
        services.AddSingleton<IRelayTransport, BusRelayTransport>();
        services.AddSingleton<RunRelay>();
        services.AddHostedService(provider => provider.GetRequiredService<RunRelay>());
        services.AddSingleton<RunTable>();
        services.AddSingleton<RunAttacher>();
        services.AddSingleton<RunForwarder>();
        services.AddSingleton<RunCanceller>();
        services.AddSingleton<ThreadTurns>();
        services.AddSingleton<UnsavedEnds>();
        services.AddHostedService(provider => provider.GetRequiredService<UnsavedEnds>());
        services.AddSingleton<CheckpointLoop>();
        services.AddHostedService(provider => provider.GetRequiredService<CheckpointLoop>());
        services.AddSingleton<RunHandover>();
        services.AddSingleton<RunAnnouncer>();
        services.AddHostedService(provider => provider.GetRequiredService<RunAnnouncer>());
        services.AddHostedService<StopOrder>();
        services.AddSingleton<RunClaimer>();
        services.AddSingleton<RunOpener>();
        services.AddSingleton<RunCloser>();
        services.AddSingleton<KnownRuns>();
        services.AddSingleton<AgentRunner>();
        services.AddSingleton<RunSupervisor>();
        services.AddSingleton<RunExecutor>();
    }

    private static void AddRooms(this IServiceCollection services)
    {
        services.AddSingleton<RoomMetrics>();
        services.AddSingleton<RoomChanges>();
        services.AddHostedService(provider => provider.GetRequiredService<RoomChanges>());
    }

    private static void AddMemory(this IServiceCollection services)
    {
        services.AddValidatedOptions<MemoryOptions>(MemoryOptions.Section);
        services.AddSingleton<MemoryMetrics>();
        services.AddSingleton<Summariser>();
        services.AddHostedService(provider => provider.GetRequiredService<Summariser>());
        services.AddSingleton<ThreadMemory>();
    }

    private static void AddAgents(this IServiceCollection services)
    {
        services.AddValidatedOptions<AgentsOptions>(AgentsOptions.Section);
        services.AddValidatedOptions<PersonalitiesOptions>(PersonalitiesOptions.Section);
        services.AddGuardrails();
        services.AddSingleton<AgentTeam>();
        services.AddSingleton<Personalities>();
        services.AddSingleton<InstructionTemplates>();
        services.AddSingleton<IValidateOptions<AgentsOptions>>(provider => provider.GetRequiredService<InstructionTemplates>());
        services.AddSingleton<ToolCatalog>();
        services.AddSingleton<ToolProgressBoard>();
        services.AddSingleton<BusToolCaller>();
        services.AddSingleton<IToolCaller>(provider =>
            provider.GetRequiredService<IServiceProviderIsKeyedService>().IsKeyedService(typeof(IFunctionInvocationFilter), FilteredToolCaller.FilterKey)
                ? ActivatorUtilities.CreateInstance<FilteredToolCaller>(provider)
                : provider.GetRequiredService<BusToolCaller>());
        services.AddSingleton<ModelReplies>();
        services.AddSingleton<ToolRound>();
        services.AddSingleton<AgentLoop>();
        services.AddHostedService<ToolsRequester>();
        services.AddSingleton<IAgentsPublisher, BusAgentsPublisher>();
        services.AddSingleton<AgentAnnouncer>();
        services.AddHostedService<AgentAnnouncingLoop>();
    }

    private static void AddModel(this IServiceCollection services)
    {
        services.AddValidatedOptions<ModelOptions>(ModelOptions.Section);
        services.AddValidatedOptions<DemoModelOptions>(DemoModelOptions.Section);
        services.AddValidatedOptions<ModelsOptions>(ModelsOptions.Section);
        services.AddSingleton<ModelReferences>();
        services.AddSingleton<IValidateOptions<ModelOptions>>(provider => provider.GetRequiredService<ModelReferences>());
        services.AddSingleton<IValidateOptions<AgentsOptions>>(provider => provider.GetRequiredService<ModelReferences>());
        services.AddSingleton<IChatClient, DemoChatClient>();
        services.AddSingleton<ModelMetrics>();
        services.AddSingleton<ModelBackoff>();
        services.AddSingleton<ModelClients>();
        services.AddSingleton<Func<IReadOnlyList<Model>, ModelChain>>(provider => models => ActivatorUtilities.CreateInstance<ModelChain>(provider, models));
        services.AddSingleton<IModelDirectory, ModelDirectory>();
    }
}
