using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Agents.Announcing;
using StreamChat.AgentWorker.Agents.Progress;
using StreamChat.AgentWorker.Rooms;
using StreamChat.AgentWorker.Runs;
using StreamChat.AgentWorker.Threads;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker;

/// <summary>What an agent-worker does on the bus.</summary>
public sealed class AgentWorkerBus : IBusModule
{
    // control messages are short and must not wait behind each other
    private const int ControlConcurrency = 32;

    /// <inheritdoc/>
    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<StartRunConsumer>();
        bus.AddConsumer<RunControlConsumer>();
        bus.AddConsumer<RoomConsumer>();
        bus.AddConsumer<ThreadConsumer>();
        bus.AddConsumer<ToolsAnnouncedConsumer>();
        bus.AddConsumer<ToolProgressedConsumer>();
        bus.AddConsumer<AgentsRequestedConsumer>();
        bus.AddRequestClient<CallTool>();
    }

    /// <inheritdoc/>
    public void ConfigureEndpoints(IBusRegistrationContext context, IBusFactoryConfigurator bus)
    {
        ArgumentNullException.ThrowIfNull(context);
        var self = context.GetRequiredService<WorkerIdentity>();
        var runs = context.GetRequiredService<IOptions<WorkerOptions>>().Value.Runs;

        bus.PublishToWorkQueue<CallTool>(BusNames.ToolCalls, quorum: false);
        bus.WorkQueue(BusNames.AgentRuns, runs, quorum: true, endpoint => endpoint.ConfigureConsumer<StartRunConsumer>(context));
        bus.WorkQueue(BusNames.RunDirectory, ControlConcurrency, quorum: false, endpoint => endpoint.ConfigureConsumer<RunControlConsumer>(context));
        bus.WorkQueue(BusNames.Rooms, ControlConcurrency, quorum: false, endpoint => endpoint.ConfigureConsumer<RoomConsumer>(context));
        bus.WorkQueue(BusNames.Threads, ControlConcurrency, quorum: false, endpoint => endpoint.ConfigureConsumer<ThreadConsumer>(context));
        bus.InstanceQueue(self.Queue, ControlConcurrency, ControlConcurrency, endpoint =>
        {
            endpoint.ConfigureConsumer<RunControlConsumer>(context);
            endpoint.ConfigureConsumer<ToolProgressedConsumer>(context);
        });
        bus.BroadcastQueue(self.ToolsQueue, endpoint => endpoint.ConfigureConsumer<ToolsAnnouncedConsumer>(context));
        bus.BroadcastQueue($"{self.Queue}-agents", endpoint => endpoint.ConfigureConsumer<AgentsRequestedConsumer>(context));
    }
}
