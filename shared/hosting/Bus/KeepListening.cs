using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client.Events;

namespace StreamChat.Hosting.Bus;

/// <summary>
/// Around all that an endpoint does on its channel. The client library reports an operation that the broker did not answer in
/// time as cancelled, for example consuming from a quorum queue that has no leader yet after the broker's start. MassTransit takes
/// a cancellation for a stop and never listens on that queue again; a broken connection it tries again. And an operation that was about to
/// begin when its connection broke may wait without end for its turn on it: an endpoint is not left with that.
/// </summary>
internal sealed class KeepListening(TimeProvider time) : IFilter<ChannelContext>
{
    /// <summary>How long what was done on a connection may go on after its end: work in hand, and its stop.</summary>
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

    public void Probe(ProbeContext context) => context.CreateFilterScope("keepListening");

    /// <summary>Does the work of an endpoint.</summary>
    /// <param name="work">The work; ends when its connection does.</param>
    /// <param name="lost">Completes when the connection is gone.</param>
    /// <exception cref="RabbitMqConnectionException">The broker did not answer, or the connection is gone and the work goes on all the same.</exception>
    internal async Task GuardAsync(Func<Task> work, Task lost)
    {
        Task? working = null;
        try
        {
            working = work();
            if (await Task.WhenAny(working, lost) != working)
            {
                await working.WaitAsync(Grace, time);
            }

            await working;
        }
        catch (OperationCanceledException e)
        {
            // a real stop is noticed by the caller, whatever the exception
            throw new RabbitMqConnectionException("The broker did not answer in time.", e);
        }
        catch (TimeoutException e) when (working is { IsCompleted: false })
        {
            throw new RabbitMqConnectionException($"The connection is gone, and what was done on it did not end within {Grace}.", e);
        }
    }
}
