using System.Threading.Channels;
using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Rooms;
using StreamChat.Hosting.Bus;

namespace StreamChat.Gateway.Rooms;

/// <summary>
/// Takes connections that are gone out of their rooms. Nobody waits for it, and what is lost here is made good by the members'
/// lease, which is then not renewed.
/// </summary>
internal sealed partial class RoomDepartures(IBus bus, IOptions<BusOptions> options, TimeProvider time, ILogger<RoomDepartures> logger) : BackgroundService
{
    private const int Waiting = 16 * 1024;
    private const int SideBySide = 8;

    private readonly Channel<LeaveRoom> _queue =
        Channel.CreateBounded<LeaveRoom>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Add(LeaveRoom departure) => _queue.Writer.TryWrite(departure);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        _queue.Reader.ReadAllAsync(stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = stoppingToken },
        PublishAsync);

    private async ValueTask PublishAsync(LeaveRoom departure, CancellationToken cancellationToken)
    {
        try
        {
            await Deadlines.RunAsync(
                options.Value.PublishTimeout,
                time,
                token => bus.Publish(departure, (PublishContext<LeaveRoom> context) => context.Durable = false, token),
                cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotTold(departure.ConnectionId, e);
        }
    }

    [LoggerMessage(1602, LogLevel.Debug, "Connection {ConnectionId} could not be taken out of its rooms; it stops counting by itself soon.")]
    private partial void LogNotTold(string connectionId, Exception exception);
}
