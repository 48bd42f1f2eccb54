using MassTransit;
using MassTransit.RabbitMqTransport;

namespace StreamChat.Hosting.Bus.Broker;

/// <summary>
/// The place where MassTransit shows its connection: around what an endpoint does on its channel. Every channel of the bus, those
/// that publish too, is one of the same connection.
/// </summary>
internal sealed class WatchConnection(BrokerWatch watch) : IFilter<ChannelContext>
{
    public Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        watch.Watch(context.ConnectionContext.Connection);
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("watchConnection");
}
