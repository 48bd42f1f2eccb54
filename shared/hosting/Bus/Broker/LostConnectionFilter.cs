using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client.Events;

namespace StreamChat.Hosting.Bus.Broker;

/// <summary>
/// Around all that an endpoint does on its channel: when the connection is lost, the work must end within <see cref="Grace"/>, else it becomes a
/// fault of the connection, and MassTransit reads the queue again on the next one. An operation that was about to begin when its connection broke
/// may wait forever for a lock of the client library.
/// </summary>
internal sealed class LostConnectionFilter(TimeProvider time) : IFilter<ChannelContext>
{
    /// <summary>How long work on a connection may go on after its end: requests in hand, and their stop.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        var connection = context.ConnectionContext.Connection;
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += OnShutdown;
        try
        {
            if (!connection.IsOpen)
            {
                lost.TrySetResult();
            }

            await GuardAsync(() => next.Send(context), lost.Task);
        }
        finally
        {
            connection.ConnectionShutdownAsync -= OnShutdown;
        }

        Task OnShutdown(object sender, ShutdownEventArgs shutdown)
        {
            lost.TrySetResult();
            return Task.CompletedTask;
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("lostConnection");

    /// <summary>Does the work of an endpoint.</summary>
    /// <param name="work">The work; ends when its connection does.</param>
    /// <param name="lost">Completes when the connection is lost.</param>
    /// <exception cref="RabbitMqConnectionException">The connection is lost and the work goes on after <see cref="Grace"/>.</exception>
    internal async Task GuardAsync(Func<Task> work, Task lost)
    {
        var working = work();
        if (await Task.WhenAny(working, lost) != working)
        {
            using var ended = new CancellationTokenSource();
            if (await Task.WhenAny(working, Task.Delay(Grace, time, ended.Token)) != working)
            {
                // whatever becomes of it later
                _ = working.ContinueWith(static w => w.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                throw new RabbitMqConnectionException($"The connection is lost, and the work on it did not end within {Grace}.");
            }

            await ended.CancelAsync();
        }

        await working;
    }
}
