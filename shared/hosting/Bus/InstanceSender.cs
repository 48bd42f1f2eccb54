using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Bus.Batches;
using StreamChat.Hosting.Bus.Broker;

namespace StreamChat.Hosting.Bus;

/// <summary>The process that a message was for is not there any more.</summary>
public sealed class InstanceGoneException : Exception
{
    /// <summary>Names who is gone.</summary>
    /// <param name="queue">The queue that the broker did not find.</param>
    /// <param name="inner">The transport's word.</param>
    public InstanceGoneException(string queue, Exception? inner)
        : base($"Nobody listens on '{queue}' any more.", inner)
    {
    }
}

/// <summary>Sends to one process, transient, and with a deadline.</summary>
public sealed class InstanceSender
{
    private static readonly Uri ExchangeAddress = new($"exchange:{BusNames.InstanceExchange}?type=direct");

    private readonly IBus _bus;
    private readonly BusOptions _options;
    private readonly InMemoryWindow _window;
    private readonly BrokerWatch _broker;
    private Task<ISendEndpoint>? _exchange;

    internal InstanceSender(IBus bus, IOptions<BusOptions> options, InMemoryWindow window, BrokerWatch broker)
    {
        _bus = bus;
        _options = options.Value;
        _window = window;
        _broker = broker;
    }

    /// <summary>Sends one message and waits for the broker's confirm. When the connection breaks meanwhile it is sent again, and so may come twice.</summary>
    /// <typeparam name="T">The message.</typeparam>
    /// <param name="queue">Whose queue, from <see cref="BusNames.Instance"/>.</param>
    /// <param name="message">What to say.</param>
    /// <param name="cancellationToken">Gives up earlier than the deadline.</param>
    /// <returns>When the broker has it.</returns>
    /// <exception cref="InstanceGoneException">The broker knows no such queue.</exception>
    /// <exception cref="TimeoutException">Not confirmed within <see cref="BusOptions.PublishTimeout"/>.</exception>
    public async Task SendAsync<T>(string queue, T message, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            await _broker.PublishAsync(_options.PublishTimeout, async token =>
            {
                if (_options.Transport == BusTransport.InMemory)
                {
                    await _window.EnterAsync(queue, token);
                    var direct = await _bus.GetSendEndpoint(new Uri($"queue:{queue}"));
                    await direct.Send(message, Form, token);
                    return;
                }

                var exchange = await GetExchangeAsync();
                await exchange.Send(message, context => Address(context, queue), token);
            }, cancellationToken);
        }
        catch (MessageReturnedException e)
        {
            throw new InstanceGoneException(queue, e);
        }
    }

    /// <summary>Makes a publish or send fail, instead of vanishing, when no queue takes the message. For RabbitMQ; no effect in memory.</summary>
    /// <param name="context">The send under way.</param>
    public static void RequireQueue(SendContext context)
    {
        if (context.TryGetPayload(out RabbitMqSendContext? rabbit))
        {
            rabbit.Mandatory = true;
        }
    }

    // a batch is bytes already; all else is JSON, the bus's own form
    private static void Form<T>(SendContext<T> context)
        where T : class
    {
        if (typeof(T) == typeof(PackedBatch))
        {
            context.Serializer = PackedBatchSerializer.Instance;
        }
    }

    private static void Address<T>(SendContext<T> context, string queue)
        where T : class
    {
        Form(context);
        context.SetRoutingKey(queue);
        context.Durable = false;
        RequireQueue(context);
    }

    private async Task<ISendEndpoint> GetExchangeAsync()
    {
        var endpoint = _exchange ??= _bus.GetSendEndpoint(ExchangeAddress);
        try
        {
            return await endpoint;
        }
        catch
        {
            _exchange = null;
            throw;
        }
    }
}
