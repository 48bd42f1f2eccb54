using MassTransit;
using StreamChat.Contracts.Rooms;
using StreamChat.Contracts.Runs;
using StreamChat.Contracts.Threads;
using StreamChat.Contracts.Tools;
using StreamChat.Gateway.Agents;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Cluster;
using StreamChat.Gateway.Rooms;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.Gateway;

/// <summary>What a gateway does on the bus.</summary>
public sealed class GatewayBus : IBusModule
{
    // batches that the broker may send ahead while one is taken apart
    private const int Prefetch = 64;

    /// <inheritdoc/>
    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<RunEventConsumer>();
        bus.AddConsumer<RunsAnnouncedConsumer>();
        bus.AddConsumer<AgentsAnnouncedConsumer>();
        bus.AddConsumer<ClusterAnswerConsumer>();
        bus.AddConsumer<ClusterConsumer>();
        bus.AddConsumer<RevocationConsumer>();
        bus.AddConsumer<RoomsChangedConsumer>();
        bus.AddRequestClient<CallTool>();
        bus.AddRequestClient<CreateRoom>();
        bus.AddRequestClient<JoinRoom>();
        bus.AddRequestClient<LeaveRoom>();
        bus.AddRequestClient<InviteToRoom>();
        bus.AddRequestClient<ListRooms>();
        bus.AddRequestClient<RenewRoomMembers>();
        bus.AddRequestClient<ReadRoomMembers>();
        bus.AddRequestClient<ListThreads>();
        bus.AddRequestClient<ReadThread>();
        bus.AddRequestClient<ChangeThread>();
        bus.AddRequestClient<DeleteThread>();
        bus.AddRequestClient<ListThreadRuns>();
    }

    /// <inheritdoc/>
    public void ConfigureEndpoints(IBusRegistrationContext context, IBusFactoryConfigurator bus)
    {
        bus.PublishToWorkQueue<StartRun>(BusNames.AgentRuns, quorum: true);
        bus.PublishToWorkQueue<CancelRun>(BusNames.RunDirectory, quorum: false);
        bus.PublishToWorkQueue<AttachRun>(BusNames.RunDirectory, quorum: false);
        bus.PublishToWorkQueue<AnswerToolCall>(BusNames.RunDirectory, quorum: false);
        bus.PublishToWorkQueue<CallTool>(BusNames.ToolCalls, quorum: false);
        bus.PublishToWorkQueue<CreateRoom>(BusNames.Rooms, quorum: false);
        bus.PublishToWorkQueue<JoinRoom>(BusNames.Rooms, quorum: false);
        bus.PublishToWorkQueue<LeaveRoom>(BusNames.Rooms, quorum: false);
        bus.PublishToWorkQueue<InviteToRoom>(BusNames.Rooms, quorum: false);
        bus.PublishToWorkQueue<ListRooms>(BusNames.Rooms, quorum: false);
        bus.PublishToWorkQueue<RenewRoomMembers>(BusNames.Rooms, quorum: false);
        bus.PublishToWorkQueue<ReadRoomMembers>(BusNames.Rooms, quorum: false);
        bus.PublishToWorkQueue<ListThreads>(BusNames.Threads, quorum: false);
        bus.PublishToWorkQueue<ReadThread>(BusNames.Threads, quorum: false);
        bus.PublishToWorkQueue<ChangeThread>(BusNames.Threads, quorum: false);
        bus.PublishToWorkQueue<DeleteThread>(BusNames.Threads, quorum: false);
        bus.PublishToWorkQueue<ListThreadRuns>(BusNames.Threads, quorum: false);

        // one at a time: with more, batches would be taken apart side by side and out of order
        var self = context.GetRequiredService<GatewayIdentity>();
        bus.InstanceQueue(self.Queue, concurrency: 1, Prefetch, endpoint =>
        {
            endpoint.AddDeserializer(PackedBatchSerializer.Instance, isDefault: false);
            endpoint.ConfigureConsumer<RunEventConsumer>(context);
            endpoint.ConfigureConsumer<ClusterAnswerConsumer>(context);
        });
        bus.BroadcastQueue(self.ClusterQueue, endpoint =>
        {
            endpoint.ConfigureConsumer<ClusterConsumer>(context);
            endpoint.ConfigureConsumer<AgentsAnnouncedConsumer>(context);
            endpoint.ConfigureConsumer<RunsAnnouncedConsumer>(context);
            endpoint.ConfigureConsumer<RevocationConsumer>(context);
            endpoint.ConfigureConsumer<RoomsChangedConsumer>(context);
        });
    }
}
