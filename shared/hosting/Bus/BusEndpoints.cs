using System.Runtime.CompilerServices;
using MassTransit;
using MassTransit.Middleware;

namespace StreamChat.Hosting.Bus;

/// <summary>The three kinds of queue we have, for either transport.</summary>
public static class BusEndpoints
{
    private const string QueueTypeArgument = "x-queue-type";
    private const string QuorumQueue = "quorum";
    private const string GroupSizeArgument = "x-quorum-initial-group-size";
    private const string DeliveryLimitArgument = "x-delivery-limit";

    // Brokers from 4.0 on throw a message away, without a word, at its 21st delivery; older ones never do. An accepted run is not the
    // broker's to drop: who takes a message too often decides, and says so. There is no number for "never" that all versions take.
    private const int NoDeliveryLimit = int.MaxValue;

    private static readonly ConditionalWeakTable<IBusFactoryConfigurator, BusOptions> Buses = [];

    /// <summary>Before the endpoints of a bus are declared: what holds for all of them.</summary>
    internal static void Begin(IBusFactoryConfigurator bus, BusOptions options) => Buses.Add(bus, options);

    /// <summary>A durable queue shared by all processes of a service, each message taken by one of them.</summary>
    /// <param name="bus">The bus being built.</param>
    /// <param name="name">The queue's name.</param>
    /// <param name="concurrency">How many messages one process works on at once; also how many it holds unacknowledged.</param>
    /// <param name="quorum">Whether it is on disk on most of its nodes before the broker confirms; where <see cref="BusOptions.Replicas"/> says so, always.</param>
    /// <param name="configure">Adds consumers.</param>
    public static void WorkQueue(
        this IBusFactoryConfigurator bus, string name, int concurrency, bool quorum, Action<IReceiveEndpointConfigurator> configure)
    {
        bus.ReceiveEndpoint(name, endpoint =>
        {
            endpoint.PrefetchCount = concurrency;
            endpoint.ConcurrentMessageLimit = concurrency;
            if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
            {
                foreach (var (argument, value) in QueueArguments(bus, quorum))
                {
                    rabbit.SetQueueArgument(argument, value);
                }
            }

            // ours, then MassTransit's own two, which it adds only to an empty pipe
            endpoint.ConfigureError(errors =>
            {
                errors.UseFilter(new GiveBackFilter());
                errors.UseFilter(new GenerateFaultFilter());
                errors.UseFilter(new ErrorTransportFilter());
            });
            configure(endpoint);
        });
    }

    /// <summary>
    /// The queue of this process alone, gone when it goes. Only <see cref="InstanceSender"/> reaches it; nothing published does,
    /// so that a message for one process is not copied to all.
    /// </summary>
    /// <param name="bus">The bus being built.</param>
    /// <param name="name">The queue's name, from <see cref="BusNames.Instance"/>.</param>
    /// <param name="concurrency">1 where order matters: with more, messages of one queue are consumed side by side.</param>
    /// <param name="prefetch">How many messages the broker may send ahead.</param>
    /// <param name="configure">Adds consumers.</param>
    public static void InstanceQueue(
        this IBusFactoryConfigurator bus, string name, int concurrency, int prefetch, Action<IReceiveEndpointConfigurator> configure)
    {
        bus.ReceiveEndpoint(name, endpoint =>
        {
            endpoint.PrefetchCount = prefetch;
            endpoint.ConcurrentMessageLimit = concurrency;
            endpoint.ConfigureConsumeTopology = false;
            if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
            {
                rabbit.Durable = false;
                rabbit.AutoDelete = true;
                rabbit.Bind(BusNames.InstanceExchange, binding =>
                {
                    binding.ExchangeType = RabbitMQ.Client.ExchangeType.Direct;
                    binding.RoutingKey = name;
                    binding.Durable = true;
                });
            }

            configure(endpoint);
        });
    }

    /// <summary>A queue of this process alone that gets a copy of everything published that its consumers take.</summary>
    /// <param name="bus">The bus being built.</param>
    /// <param name="name">The queue's name, different from the instance queue's.</param>
    /// <param name="configure">Adds consumers.</param>
    public static void BroadcastQueue(this IBusFactoryConfigurator bus, string name, Action<IReceiveEndpointConfigurator> configure)
    {
        bus.ReceiveEndpoint(name, endpoint =>
        {
            endpoint.PrefetchCount = 32;
            endpoint.ConcurrentMessageLimit = 1;
            if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
            {
                rabbit.Durable = false;
                rabbit.AutoDelete = true;
            }

            configure(endpoint);
        });
    }

    /// <summary>
    /// Makes publishing <typeparamref name="T"/> declare the work queue that takes it, so that a request is kept even when no
    /// worker has started yet.
    /// </summary>
    /// <typeparam name="T">The message.</typeparam>
    /// <param name="bus">The bus being built.</param>
    /// <param name="queue">The work queue's name.</param>
    /// <param name="quorum">As given to <see cref="WorkQueue"/>; the broker refuses a queue declared in two ways.</param>
    public static void PublishToWorkQueue<T>(this IBusFactoryConfigurator bus, string queue, bool quorum)
        where T : class
    {
        if (bus is not IRabbitMqBusFactoryConfigurator rabbit)
        {
            return;
        }

        // straight to the message's own exchange: a worker puts an exchange named like the queue between the two, but that one is
        // bound only once a worker has started. A queue reached on both ways gets one copy.
        var exchange = rabbit.MessageTopology.GetMessageTopology<T>().EntityName;
        rabbit.Publish<T>(topology => topology.BindQueue(exchange, queue, q =>
        {
            foreach (var (argument, value) in QueueArguments(bus, quorum))
            {
                q.SetQueueArgument(argument, value);
            }
        }));
    }

    /// <summary>The same wherever a queue is declared: the broker refuses one that is declared in two ways.</summary>
    private static IEnumerable<(string Argument, object Value)> QueueArguments(IBusFactoryConfigurator bus, bool quorum)
    {
        var replicas = Buses.TryGetValue(bus, out var options) ? options.Replicas : 0;
        if (!quorum && replicas == 0)
        {
            yield break;
        }

        yield return (QueueTypeArgument, QuorumQueue);
        yield return (DeliveryLimitArgument, NoDeliveryLimit);
        if (replicas > 0)
        {
            yield return (GroupSizeArgument, replicas);
        }
    }
}
