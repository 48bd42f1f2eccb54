using System.Threading.Channels;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace StreamChat.Hosting.Bus;

/// <summary>
/// Asks for what others announce by themselves later: when the bus is up, and again each time that the queue on which they announce it is read
/// after a connection was lost.
/// </summary>
/// <typeparam name="T">The question.</typeparam>
/// <param name="bus">Where to ask.</param>
/// <param name="queue">Where the announcements arrive.</param>
/// <param name="options">How long asking may take.</param>
/// <param name="time">The clock.</param>
public abstract class AskWhenRead<T>(IBusControl bus, string queue, IOptions<BusOptions> options, TimeProvider time) : BackgroundService
    where T : class
{
    private readonly Channel<bool> _read = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>What is asked.</summary>
    protected abstract T Question { get; }

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        bus.ConnectReceiveEndpointObserver(new QueueObserver(queue)
        {
            OnRead = () =>
            {
                OnHearing(hears: true);
                _read.Writer.TryWrite(true);
            },
            OnUnread = () => OnHearing(hears: false),
        });
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Whether announcements arrive has changed.</summary>
    /// <param name="hears">Whether they do.</param>
    protected abstract void OnHearing(bool hears);

    /// <summary>The question could not be asked.</summary>
    /// <param name="exception">Why.</param>
    protected abstract void OnUnheard(Exception exception);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _read.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
                await Deadlines.RunAsync(options.Value.PublishTimeout, time, token => bus.Publish(Question, token), stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // a cancellation as well: the client library reports so what the broker did not answer, and it would end the process
                OnUnheard(e);
            }
        }
    }
}
