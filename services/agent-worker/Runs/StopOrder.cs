using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Runs;

/// <summary>
/// A worker that stops takes no more runs, and lets those that it has come to their end. Until the last of them has, or was given back,
/// it goes on hearing what is said about them: who attaches, who cancels, what tools answer. Left to itself the bus stops reading all
/// queues at the same time.
/// </summary>
internal sealed class StopOrder(IBusControl bus, WorkerIdentity identity, IOptions<BusOptions> options, TimeProvider time) : IHostedService
{
    // beyond what runs are given, so that they can be given back
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private TaskCompletionSource? _reading;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        bus.ConnectReceiveEndpointObserver(new QueueObserver(BusNames.AgentRuns) { OnRead = Read, OnUnread = Unread });
        foreach (var queue in (string[])[identity.Queue, QueueObserver.Name(bus.Address)])
        {
            bus.ConnectReceiveEndpointObserver(new QueueObserver(queue) { OnStopping = WaitUntilUnreadAsync });
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Read()
    {
        lock (_lock)
        {
            _reading ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private void Unread()
    {
        lock (_lock)
        {
            _reading?.TrySetResult();
            _reading = null;
        }
    }

    private async Task WaitUntilUnreadAsync()
    {
        Task? reading;
        lock (_lock)
        {
            reading = _reading?.Task;
        }

        if (reading is not null)
        {
            // later than that the runs are in others' hands, whatever the queue says
            await reading.WaitAsync(options.Value.StopTimeout + Margin, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
