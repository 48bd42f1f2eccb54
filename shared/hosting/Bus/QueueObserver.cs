using MassTransit;

namespace StreamChat.Hosting.Bus;

/// <summary>Hears when this process reads a queue, and when it does not, through stops and lost connections.</summary>
/// <param name="queue">The name of the queue; null for every queue that this process reads.</param>
public sealed class QueueObserver(string? queue = null) : IReceiveEndpointObserver
{
    /// <summary>It is read, for the first time or again.</summary>
    public Action? OnRead { get; init; }

    /// <summary>It is about to be read no more, since the process stops. It is read for as long as this takes.</summary>
    public Func<Task>? OnStopping { get; init; }

    /// <summary>It is read no more, and what was taken from it is done with: the process stops, or the connection was lost.</summary>
    public Action? OnUnread { get; init; }

    /// <summary>The queue that an address of the bus stands for.</summary>
    public static string Name(Uri address) => address.AbsolutePath.Split('/')[^1];

    Task IReceiveEndpointObserver.Ready(ReceiveEndpointReady ready) => Tell(ready, OnRead);

    Task IReceiveEndpointObserver.Stopping(ReceiveEndpointStopping stopping) => IsMeant(stopping) && OnStopping is { } wait ? wait() : Task.CompletedTask;

    Task IReceiveEndpointObserver.Completed(ReceiveEndpointCompleted completed) => Tell(completed, OnUnread);

    Task IReceiveEndpointObserver.Faulted(ReceiveEndpointFaulted faulted) => Tell(faulted, OnUnread);

    private Task Tell(ReceiveEndpointEvent about, Action? who)
    {
        if (IsMeant(about))
        {
            who?.Invoke();
        }

        return Task.CompletedTask;
    }

    private bool IsMeant(ReceiveEndpointEvent about) => queue is null || Name(about.InputAddress) == queue;
}
