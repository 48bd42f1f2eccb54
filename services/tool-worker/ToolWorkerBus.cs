using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Bus;
using StreamChat.ToolWorker.Announcing;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker;

/// <summary>What a tool-worker does on the bus.</summary>
public sealed class ToolWorkerBus : IBusModule
{
    /// <inheritdoc/>
    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<CallToolConsumer>();
        bus.AddConsumer<ToolsRequestedConsumer>();
    }

    /// <inheritdoc/>
    public void ConfigureEndpoints(IBusRegistrationContext context, IBusFactoryConfigurator bus)
    {
        ArgumentNullException.ThrowIfNull(context);
        var self = BusNames.Instance(BusNames.ToolWorker, context.GetRequiredService<ToolWorkerIdentity>().ToolWorkerId);
        var concurrency = context.GetRequiredService<IOptions<ToolWorkerOptions>>().Value.Concurrency;

        bus.WorkQueue(BusNames.ToolCalls, concurrency, quorum: false, endpoint => endpoint.ConfigureConsumer<CallToolConsumer>(context));
        bus.BroadcastQueue(self, endpoint => endpoint.ConfigureConsumer<ToolsRequestedConsumer>(context));
    }
}
