using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Models;
using StreamChat.Contracts.Agents;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Agents.Announcing;

/// <summary>Tells the gateways once which agents this process has; <see cref="AgentAnnouncingLoop"/> says when.</summary>
internal sealed partial class AgentAnnouncer(
    IAgentsPublisher publisher, AgentTeam team, Personalities personalities, IModelDirectory models, ToolCatalog catalog, WorkerIdentity identity, IOptions<AgentsOptions> options,
    IOptions<BusOptions> bus, TimeProvider time, ILogger<AgentAnnouncer> logger) : Announcer(bus.Value.PublishTimeout, time)
{
    private AgentsAnnounced Nothing => new() { WorkerId = identity.WorkerId, Agents = [], ValidFor = options.Value.AnnounceInterval * ValidIntervals };

    protected override Task PublishOfferAsync(CancellationToken cancellationToken) => publisher.PublishAsync(
        Nothing with { Agents = Describe(), Models = models.Offered, Personalities = personalities.All }, cancellationToken);

    protected override Task PublishNothingAsync(CancellationToken cancellationToken) => publisher.PublishAsync(Nothing, cancellationToken);

    protected override void OnUnheard(Exception exception) => LogUnheard(exception);

    protected override void OnHeardAgain() => LogHeardAgain();

    protected override void OnNotWithdrawn(Exception exception) => LogNotWithdrawn(exception);

    /// <summary>The agents that requests may name, with the tools that they have right now: nobody is promised a tool that is not there.</summary>
    private List<AgentDescription> Describe()
    {
        var tools = catalog.Current().Declarations.Select(t => t.Name).ToList();
        return team.All.Where(a => a.Offered).Select(agent => new AgentDescription
        {
            Name = agent.Name,
            Description = agent.Description,
            HandOffs = [.. agent.HandOffs.Select(h => h.ToName)],
            Tools = [.. tools.Where(agent.MayCall)],
            InputGuardrails = agent.InputGuardrails,
        }).ToList();
    }

    [LoggerMessage(2411, LogLevel.Warning, "The agents could not be announced; trying again at every interval.")]
    private partial void LogUnheard(Exception exception);

    [LoggerMessage(2412, LogLevel.Information, "The agents are announced again.")]
    private partial void LogHeardAgain();

    [LoggerMessage(2413, LogLevel.Debug, "The agents could not be withdrawn; gateways forget them by themselves soon.")]
    private partial void LogNotWithdrawn(Exception exception);
}
