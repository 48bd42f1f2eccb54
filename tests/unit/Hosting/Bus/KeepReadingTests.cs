using MassTransit;
using MassTransit.RabbitMqTransport;
using MassTransit.Transports;
using StreamChat.Hosting.Bus.Broker;
using MassTransitBus = MassTransit.Bus;

namespace StreamChat.UnitTests.Hosting.Bus;

public sealed class KeepReadingTests
{
    [Fact]
    public void Every_queue_is_kept_read_and_the_one_of_the_bus_itself()
    {
        KeepReading? keep = null;
        MassTransitBus.Factory.CreateUsingRabbitMq(bus =>
        {
            keep = KeepReading.Use(bus);
            bus.ReceiveEndpoint("one", _ => { });
            bus.ReceiveEndpoint("two", _ => { });
        });
        Assert.Equal(3, keep!.Kept);
    }

    [Fact]
    public async Task What_the_broker_did_not_answer_is_a_fault_that_is_tried_again()
    {
        await Assert.ThrowsAsync<RabbitMqConnectionException>(() => SendAsync(new TaskCanceledException()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => SendAsync(new InvalidOperationException()));
        await SendAsync(null);
    }

    private static Task SendAsync(Exception? exception) =>
        new KeepReading.TirelessSupervisor(new Supervisor(exception)).Send(Pipe.Empty<ChannelContext>(), TestContext.Current.CancellationToken);

    private sealed class Supervisor(Exception? exception) : MassTransit.Middleware.Supervisor, ITransportSupervisor<ChannelContext>
    {
        public CancellationToken ConsumeStopping => default;

        public CancellationToken SendStopping => default;

        public Task Send(IPipe<ChannelContext> pipe, CancellationToken cancellationToken) => exception is null ? Task.CompletedTask : Task.FromException(exception);

        public void AddConsumeAgent<TAgent>(TAgent agent)
            where TAgent : IAgent
        {
        }

        public void AddSendAgent<TAgent>(TAgent agent)
            where TAgent : IAgent
        {
        }

        public void Probe(ProbeContext context)
        {
        }
    }
}
