using System.Diagnostics;
using StreamChat.FaultEngine.Network;
using StreamChat.FaultEngine.Schedules;

namespace StreamChat.FaultEngine.Cluster;

/// <summary>Does to a cluster and its clients' connections what a schedule says, and undoes it.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="links">The clients' ways in, by index.</param>
/// <param name="clock">Runs since the start of the schedule.</param>
/// <param name="note">Is told what was done when.</param>
internal sealed class FaultInjector(FaultCluster cluster, IReadOnlyList<FaultProxy> links, Stopwatch clock, Action<string> note) : IDisposable
{
    private const string NoMemory = "0.000001";
    private const string Memory = "0.4";

    // one at a time: two restarts of one broker at once are not what is tried
    private readonly SemaphoreSlim _broker = new(1, 1);

    public void Dispose() => _broker.Dispose();

    /// <summary>Returns when the last fault is over.</summary>
    public Task RunAsync(IReadOnlyList<PlannedFault> faults, CancellationToken cancellationToken) =>
        Task.WhenAll(faults.Select(fault => RunAsync(fault, cancellationToken)));

    private async Task RunAsync(PlannedFault fault, CancellationToken cancellationToken)
    {
        if (fault.At - clock.Elapsed is { Ticks: > 0 } wait)
        {
            await Task.Delay(wait, cancellationToken);
        }

        note($"begins: {fault}");
        await DoAsync(fault, cancellationToken);
        note($"is over: {fault}");
    }

    private async Task DoAsync(PlannedFault fault, CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case FaultKind.ClientCut:
                links[fault.Target % links.Count].CutAfter(fault.Amount, fault.Form);
                break;
            case FaultKind.ClientStall:
                await WorsenAsync(links[fault.Target % links.Count], fault, cancellationToken);
                break;
            case FaultKind.ReconnectStorm:
                foreach (var link in links)
                {
                    link.CutAll(fault.Form == FaultForm.ResetToClient);
                }

                break;
            case FaultKind.GatewayKill:
                await KillAsync(cluster.Gateways[fault.Target % 2], fault, cancellationToken);
                break;
            case FaultKind.WorkerKill:
                await KillAsync(cluster.AgentWorkers[fault.Target % 2], fault, cancellationToken);
                break;
            case FaultKind.ToolWorkerKill:
                await KillAsync(cluster.ToolWorkers[fault.Target % 2], fault, cancellationToken);
                break;
            case FaultKind.EdgeKill:
                await KillAsync(cluster.Edge, fault, cancellationToken);
                break;
            case FaultKind.KindKill:
                IReadOnlyList<Member>[] kinds = [cluster.Gateways, cluster.AgentWorkers, cluster.ToolWorkers];
                await Task.WhenAll(kinds[fault.Target % kinds.Length].Select(m => KillAsync(m, fault, cancellationToken)));
                break;
            case FaultKind.Pause:
                var member = cluster.Members[fault.Target % cluster.Members.Count];
                member.Pause();
                await Task.Delay(fault.For, cancellationToken);
                member.Continue();
                break;
            case FaultKind.BrokerCut:
                cluster.Members[fault.Target % 6].Broker!.CutAfter(fault.Amount, fault.Form);
                break;
            case FaultKind.BrokerStall:
                await WorsenAsync(cluster.Members[fault.Target % 6].Broker!, fault, cancellationToken);
                break;
            case FaultKind.BrokerRestart or FaultKind.BrokerKill or FaultKind.BrokerClose or FaultKind.BrokerAlarm:
                await _broker.WaitAsync(cancellationToken);
                try
                {
                    await DoToBrokerAsync(fault, cancellationToken);
                }
                finally
                {
                    _broker.Release();
                }

                break;
            case FaultKind.BusDisorder or FaultKind.BusLoss:
                // the gateways and the agent-workers: the others have no order to keep
                var disorder = cluster.Members[fault.Target % 4].Broker!.Disorder!;
                if (fault.Kind == FaultKind.BusDisorder)
                {
                    disorder.Disorder(fault.Amount);
                }
                else
                {
                    disorder.Lose(fault.Amount);
                }

                var before = disorder.Done;
                await Task.Delay(fault.For, cancellationToken);
                disorder.Stop();
                note($"{disorder.Done - before} deliveries to {cluster.Members[fault.Target % 4].Name} were disordered or lost");
                break;
            default:
                throw new InvalidOperationException($"{fault.Kind} is no fault that can be done.");
        }
    }

    private async Task DoToBrokerAsync(PlannedFault fault, CancellationToken cancellationToken)
    {
        var broker = cluster.Broker;
        switch (fault.Kind)
        {
            case FaultKind.BrokerRestart:
                await broker.ControlAsync("stop_app");
                note("the broker has stopped");
                await Task.Delay(fault.For, cancellationToken);
                await broker.ControlAsync("start_app");
                break;
            case FaultKind.BrokerKill:
                await broker.KillAsync();
                await Task.Delay(fault.For, cancellationToken);
                await broker.StartAsync();
                break;
            case FaultKind.BrokerClose:
                await broker.ControlAsync("close_all_connections", "a fault of the schedule");
                break;
            default:
                await broker.ControlAsync("set_vm_memory_high_watermark", NoMemory);
                note("the broker takes nothing");
                await Task.Delay(fault.For, cancellationToken);
                await broker.ControlAsync("set_vm_memory_high_watermark", Memory);
                break;
        }
    }

    private static async Task KillAsync(Member member, PlannedFault fault, CancellationToken cancellationToken)
    {
        await member.KillAsync();
        await Task.Delay(fault.For, cancellationToken);
        await member.StartAgainAsync();
    }

    private static async Task WorsenAsync(FaultProxy link, PlannedFault fault, CancellationToken cancellationToken)
    {
        switch (fault.Form)
        {
            case FaultForm.Latency:
                link.Latency = TimeSpan.FromMilliseconds(fault.Amount);
                break;
            case FaultForm.Stall:
                link.Stall();
                break;
            default:
                link.HalfOpen(clientStays: fault.Form == FaultForm.HalfOpenToClient);
                return;
        }

        await Task.Delay(fault.For, cancellationToken);
        link.Heal();
    }
}
