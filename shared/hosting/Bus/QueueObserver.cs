using MassTransit;

namespace StreamChat.Hosting.Bus;

/// <summary>Hears which queues this process reads, by their names, through stops and lost connections.</summary>
public sealed class QueueObserver : IReceiveEndpointObserver
{
    /// <summary>A queue is read, for the first time or again.</summary>
    public Action<string>? OnRead { get; init; }

    /// <summary>A queue is about to be read no more, since the process stops. It is read for as long as this takes.</summary>
    public Func<string, Task>? OnStopping { get; init; }

    /// <summary>A queue is read no more, and what was taken from it is done with: the process stops, or the connection was lost.</summary>
    public Action<string>? OnUnread { get; init; }

    Task IReceiveEndpointObserver.Ready(ReceiveEndpointReady ready)
    {
        OnRead?.Invoke(Queue(ready));
        return Task.CompletedTask;
    }

    Task IReceiveEndpointObserver.Stopping(ReceiveEndpointStopping stopping) => OnStopping?.Invoke(Queue(stopping)) ?? Task.CompletedTask;

    Task IReceiveEndpointObserver.Completed(ReceiveEndpointCompleted completed)
    {
        OnUnread?.Invoke(Queue(completed));
        return Task.CompletedTask;
    }

    Task IReceiveEndpointObserver.Faulted(ReceiveEndpointFaulted faulted)
    {
        OnUnread?.Invoke(Queue(faulted));
        return Task.CompletedTask;
    }

    private static string Queue(ReceiveEndpointEvent about) => about.InputAddress.AbsolutePath.Split('/')[^1];
}
