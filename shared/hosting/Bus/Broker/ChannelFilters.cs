using MassTransit;

namespace StreamChat.Hosting.Bus.Broker;

/// <summary>Puts our filters around what every endpoint of a bus does on its channel, the bus's own queue for answers included.</summary>
internal sealed class ChannelFilters(BrokerWatch watch, TimeProvider time) : IEndpointConfigurationObserver
{
    /// <summary>To be called before any endpoint is configured.</summary>
    public static void Use(IBusFactoryConfigurator bus, BrokerWatch watch, TimeProvider time) =>
        bus.ConnectEndpointConfigurationObserver(new ChannelFilters(watch, time));

    void IEndpointConfigurationObserver.EndpointConfigured<T>(T configurator)
    {
        if (configurator is IRabbitMqReceiveEndpointConfigurator endpoint)
        {
            endpoint.ConfigureChannel(channel =>
            {
                channel.UseFilter(new LostConnectionFilter(time));
                channel.UseFilter(new WatchConnection(watch));
            });
        }
    }
}
