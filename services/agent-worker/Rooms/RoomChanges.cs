using System.Threading.Channels;
using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Rooms;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Rooms;

/// <summary>
/// Tells the gateways in which rooms somebody came or went: at once when idle, and together with what happens while the last word is
/// under way, each room once. Nobody waits for it; what cannot be told now is told when it can be.
/// </summary>
internal sealed partial class RoomChanges(IBus bus, IOptions<BusOptions> options, RoomMetrics metrics, TimeProvider time, ILogger<RoomChanges> logger)
    : BackgroundService
{
    private const int Waiting = 10_000;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _rooms = new(StringComparer.Ordinal);
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Never waits.</summary>
    public void Add(string roomId)
    {
        lock (_lock)
        {
            if (_rooms.Count >= Waiting && !_rooms.Contains(roomId))
            {
                metrics.Untold();
                return;
            }

            _rooms.Add(roomId);
        }

        _signal.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _signal.Reader.WaitToReadAsync(stoppingToken))
        {
            // read before the rooms are taken, so that none that is added meanwhile is left lying
            _signal.Reader.TryRead(out _);
            while (Take() is { Count: > 0 } rooms)
            {
                if (!await TryPublishAsync(rooms, stoppingToken))
                {
                    rooms.ForEach(Add);
                    await Task.Delay(RetryDelay, time, stoppingToken);
                }
            }
        }
    }

    private List<string> Take()
    {
        lock (_lock)
        {
            List<string> rooms = [.. _rooms.Take(RoomsChanged.Most)];
            _rooms.ExceptWith(rooms);
            return rooms;
        }
    }

    private async Task<bool> TryPublishAsync(List<string> rooms, CancellationToken cancellationToken)
    {
        var changed = new RoomsChanged { RoomIds = rooms };
        try
        {
            await Deadlines.RunAsync(
                options.Value.PublishTimeout,
                time,
                token => bus.Publish(changed, (PublishContext<RoomsChanged> context) => context.Durable = false, token),
                cancellationToken);
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotTold(rooms.Count, e);
            return false;
        }
    }

    [LoggerMessage(2602, LogLevel.Warning, "The gateways could not be told who came and went in {Rooms} rooms; that is tried again.")]
    private partial void LogNotTold(int rooms, Exception exception);
}
