using System.Collections.Concurrent;
using MassTransit;

namespace StreamChat.Hosting.Bus;

/// <summary>
/// The in-memory transport queues without a bound. This lets a sender have only so many messages waiting in a queue: the next one
/// waits until one was consumed, as a broker's confirm and flow control would make it.
/// </summary>
internal sealed class InMemoryWindow : IReceiveObserver, IDisposable
{
    private const int Messages = 32;

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _queues = new(StringComparer.Ordinal);

    /// <summary>Waits for room in a queue and takes it; given back when the message has been consumed.</summary>
    public Task EnterAsync(string queue, CancellationToken cancellationToken) =>
        _queues.GetOrAdd(queue, _ => new SemaphoreSlim(Messages, Messages)).WaitAsync(cancellationToken);

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context) => Leave(context);

    public Task ReceiveFault(ReceiveContext context, Exception exception) => Leave(context);

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var queue in _queues.Values)
        {
            queue.Dispose();
        }
    }

    private Task Leave(ReceiveContext context)
    {
        if (_queues.TryGetValue(context.InputAddress.Segments[^1], out var queue) && queue.CurrentCount < Messages)
        {
            queue.Release();
        }

        return Task.CompletedTask;
    }
}
