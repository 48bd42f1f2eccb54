using MassTransit;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;

namespace StreamChat.IntegrationTests.Bus;

/// <summary>Asks for runs, as a gateway does.</summary>
internal sealed class AskingModule : IBusModule
{
    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
    }

    public void ConfigureEndpoints(IBusRegistrationContext context, IBusFactoryConfigurator bus) =>
        bus.PublishToWorkQueue<StartRun>(BusNames.AgentRuns, quorum: true);
}

/// <summary>Takes runs, as an agent-worker does, and asks for them too, as the standalone server does.</summary>
internal sealed class WorkingModule(Func<ConsumeContext<StartRun>, Task> work) : IBusModule
{
    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
    }

    public void ConfigureEndpoints(IBusRegistrationContext context, IBusFactoryConfigurator bus)
    {
        bus.PublishToWorkQueue<StartRun>(BusNames.AgentRuns, quorum: true);
        bus.WorkQueue(BusNames.AgentRuns, concurrency: 4, quorum: true, endpoint => endpoint.Handler<StartRun>(c => work(c)));
    }
}

/// <summary>Listens on a queue of its own, as every process does.</summary>
internal sealed class ListeningModule(string queue, Func<ConsumeContext<CancelRun>, Task> work) : IBusModule
{
    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
    }

    public void ConfigureEndpoints(IBusRegistrationContext context, IBusFactoryConfigurator bus) =>
        bus.InstanceQueue(queue, concurrency: 1, prefetch: 16, endpoint => endpoint.Handler<CancelRun>(c => work(c)));
}

/// <summary>Hears what is published to all.</summary>
internal sealed class HearingModule(string queue, Func<ConsumeContext<CancelRun>, Task> work) : IBusModule
{
    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
    }

    public void ConfigureEndpoints(IBusRegistrationContext context, IBusFactoryConfigurator bus) =>
        bus.BroadcastQueue(queue, endpoint => endpoint.Handler<CancelRun>(c => work(c)));
}

/// <summary>Takes what a work queue's consumers failed at.</summary>
internal sealed class ErrorQueueModule(string queue, Func<ConsumeContext<StartRun>, Task> work) : IBusModule
{
    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
    }

    public void ConfigureEndpoints(IBusRegistrationContext context, IBusFactoryConfigurator bus) =>
        bus.ReceiveEndpoint(queue + "_error", endpoint =>
        {
            endpoint.ConfigureConsumeTopology = false;
            if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
            {
                // as the queue that it belongs to
                rabbit.SetQuorumQueue();
                rabbit.SetQueueArgument("x-delivery-limit", int.MaxValue);
            }

            endpoint.Handler<StartRun>(c => work(c));
        });
}
