using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using RabbitMQ.Client;
using StreamChat.Hosting.Bus.Broker;

namespace StreamChat.UnitTests.Hosting.Bus;

public sealed class LateShutdownsTests
{
    private const string Dispatcher = "RabbitMQ.Client.ConsumerDispatching.ConsumerDispatcherChannelBase";

    [Fact]
    public void A_channel_of_the_client_library_that_is_closed_twice_is_survived() =>
        Assert.True(LateShutdowns.IsLateShutdown(Thrown(new ChannelClosedException(), $"   at {Dispatcher}.Shutdown(ShutdownEventArgs reason)")));

    [Fact]
    public void Nothing_else_is()
    {
        Assert.False(LateShutdowns.IsLateShutdown(new ChannelClosedException()));
        Assert.False(LateShutdowns.IsLateShutdown(Thrown(new ChannelClosedException(), "   at StreamChat.Gateway.Connections.Connection.Close()")));
        Assert.False(LateShutdowns.IsLateShutdown(Thrown(new InvalidOperationException(), $"   at {Dispatcher}.Shutdown(ShutdownEventArgs reason)")));
    }

    [Fact]
    public void The_part_of_the_client_library_that_it_goes_by_is_there() => Assert.NotNull(typeof(IChannel).Assembly.GetType(Dispatcher));

    private static Exception Thrown(Exception exception, string stackTrace) => ExceptionDispatchInfo.SetRemoteStackTrace(exception, stackTrace);
}
