using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.RabbitMqTransport;
using MassTransit.Transports;

namespace StreamChat.Hosting.Bus.Broker;

/// <summary>
/// Sees to it that no queue is left unread for good, the bus's own included. <see cref="KeepListening"/> guards what an endpoint does on its channel; but
/// that the channel itself was not opened in time is a cancellation as well, which MassTransit takes for the endpoint's stop.
/// </summary>
internal sealed class KeepReading : IEndpointConfigurationObserver, IBusObserver
{
    private readonly ConcurrentQueue<IReceiveEndpointConfiguration> _endpoints = new();

    /// <summary>The queues that are kept read, once the bus is made.</summary>
    internal int Kept { get; private set; }

    /// <summary>Keeps all queues of a bus read. To be called before they are configured.</summary>
    /// <exception cref="MissingFieldException">When the bus is made: this is another MassTransit than the one that it was written for.</exception>
    public static KeepReading Use(IRabbitMqBusFactoryConfigurator bus)
    {
        var keep = new KeepReading();
        bus.ConnectEndpointConfigurationObserver(keep);
        bus.ConnectBusObserver(keep);
        return keep;
    }

    void IEndpointConfigurationObserver.EndpointConfigured<T>(T configurator)
    {
        if (configurator is IReceiveEndpointConfiguration endpoint)
        {
            _endpoints.Enqueue(endpoint);
        }
    }

    void IBusObserver.PostCreate(IBus bus)
    {
        while (_endpoints.TryDequeue(out var endpoint))
        {
            if (TransportOf((ReceiveEndpoint)endpoint.ReceiveEndpoint) is ReceiveTransport<ChannelContext> transport)
            {
                ref var supervisor = ref Fields<ChannelContext>.SupervisorOf(transport);
                var theirs = supervisor;
                supervisor = () => new TirelessSupervisor(theirs());
                Kept++;
            }
        }
    }

    void IBusObserver.CreateFaulted(Exception exception)
    {
    }

    Task IBusObserver.PreStart(IBus bus) => Task.CompletedTask;

    Task IBusObserver.PostStart(IBus bus, Task<BusReady> busReady) => Task.CompletedTask;

    Task IBusObserver.StartFaulted(IBus bus, Exception exception) => Task.CompletedTask;

    Task IBusObserver.PreStop(IBus bus) => Task.CompletedTask;

    Task IBusObserver.PostStop(IBus bus) => Task.CompletedTask;

    Task IBusObserver.StopFaulted(IBus bus, Exception exception) => Task.CompletedTask;

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_transport")]
    private static extern ref readonly IReceiveTransport TransportOf(ReceiveEndpoint endpoint);

    private static class Fields<T>
        where T : class, PipeContext
    {
        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_supervisorFactory")]
        public static extern ref Func<ITransportSupervisor<T>> SupervisorOf(ReceiveTransport<T> transport);
    }

    /// <summary>Tells of whatever the broker did not answer as of a fault of the connection, which is tried again.</summary>
    internal sealed class TirelessSupervisor(ITransportSupervisor<ChannelContext> inner) : ITransportSupervisor<ChannelContext>
    {
        public CancellationToken ConsumeStopping => inner.ConsumeStopping;

        public CancellationToken SendStopping => inner.SendStopping;

        public int PeakActiveCount => inner.PeakActiveCount;

        public long TotalCount => inner.TotalCount;

        public Task Ready => inner.Ready;

        public Task Completed => inner.Completed;

        public CancellationToken Stopping => inner.Stopping;

        public CancellationToken Stopped => inner.Stopped;

        public async Task Send(IPipe<ChannelContext> pipe, CancellationToken cancellationToken)
        {
            try
            {
                await inner.Send(pipe, cancellationToken);
            }
            catch (OperationCanceledException e)
            {
                // a real stop is noticed by the caller, whatever the exception
                throw new RabbitMqConnectionException("The broker did not answer in time.", e);
            }
        }

        public void Add(IAgent agent) => inner.Add(agent);

        public void AddConsumeAgent<TAgent>(TAgent agent)
            where TAgent : IAgent => inner.AddConsumeAgent(agent);

        public void AddSendAgent<TAgent>(TAgent agent)
            where TAgent : IAgent => inner.AddSendAgent(agent);

        public Task Stop(StopContext context) => inner.Stop(context);

        public void Probe(ProbeContext context) => inner.Probe(context);
    }
}
