using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.Contracts.Agents;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Agents.Announcing;

/// <summary>Says once which agents this process has; <see cref="AnnouncingLoop"/> says when.</summary>
internal sealed partial class AgentAnnouncer(
    IAgentsPublisher publisher, AgentTeam team, ToolCatalog catalog, WorkerIdentity identity, IOptions<AgentsOptions> options,
    IOptions<BusOptions> bus, TimeProvider time, ILogger<AgentAnnouncer> logger) : IDisposable
{
    // gateways forget us after this many intervals: three announcements may be lost
    private const double ValidIntervals = 3.5;

    // the end of the process does not wait longer than this for a broker that may be gone
    private static readonly TimeSpan WithdrawTimeout = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _withdrawn;
    private bool _unheard;

    /// <summary>Publishes the agents; nothing once withdrawn. A broker that is away is no error: the next time will do.</summary>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Volatile.Read(ref _withdrawn))
            {
                return;
            }

            await PublishAsync(Describe(), bus.Value.PublishTimeout, cancellationToken);
            if (_unheard)
            {
                _unheard = false;
                LogHeardAgain();
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_unheard)
            {
                _unheard = true;
                LogUnheard(e);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Tells the gateways that this process has no agents any more, as far as that is possible within a second.</summary>
    public async Task WithdrawAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _withdrawn, true);
        try
        {
            await Deadlines.RunAsync(WithdrawTimeout, time, WithdrawInTurnAsync, cancellationToken);
        }
        catch (Exception e)
        {
            LogNotWithdrawn(e);
        }
    }

    public void Dispose() => _turn.Dispose();

    // after an announcement that is under way, or else that would be the last word
    private async Task WithdrawInTurnAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await PublishAsync([], WithdrawTimeout, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private Task PublishAsync(IReadOnlyList<AgentDescription> agents, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var announcement = new AgentsAnnounced
        {
            WorkerId = identity.WorkerId,
            Agents = agents,
            ValidFor = options.Value.AnnounceInterval * ValidIntervals,
        };
        return Deadlines.RunAsync(timeout, time, token => publisher.PublishAsync(announcement, token), cancellationToken);
    }

    /// <summary>The agents with the tools that they have right now: nobody is promised a tool that is not there.</summary>
    private List<AgentDescription> Describe()
    {
        var tools = catalog.Current().Declarations.Select(t => t.Name).ToList();
        return team.All.Select(agent => new AgentDescription
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
