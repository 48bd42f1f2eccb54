using MassTransit;

namespace StreamChat.Hosting.Bus.Broker;

/// <summary>Before every publish and send: nothing is written to a connection that the broker does not read. The sender's deadline holds.</summary>
internal sealed class HoldWhileBlocked(BrokerWatch watch) : IPublishObserver, ISendObserver
{
    public Task PrePublish<T>(PublishContext<T> context)
        where T : class => watch.WaitWhileBlockedAsync(context.CancellationToken);

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    public Task PreSend<T>(SendContext<T> context)
        where T : class => watch.WaitWhileBlockedAsync(context.CancellationToken);

    public Task PostSend<T>(SendContext<T> context)
        where T : class => Task.CompletedTask;

    public Task SendFault<T>(SendContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;
}
