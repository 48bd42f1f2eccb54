using System.Threading.Channels;
using MassTransit;
using StreamChat.Contracts.Rooms;
using StreamChat.Contracts.Threads;
using StreamChat.Gateway.Rooms;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Bus;

namespace StreamChat.Gateway.Threads;

/// <summary>
/// Asks again for what was told to all gateways while this one could not hear it: the queue for it goes with the connection to the broker.
/// Each time that the queue is read again, the workers are asked which runs are under way in the threads that somebody here
/// has joined, and who is in the rooms. What is known already is shown to nobody twice.
/// </summary>
internal sealed partial class MissedAnnouncements(
    ThreadViewers threads, LateJoins late, RoomPresence presence, IBusControl bus, GatewayIdentity identity, TimeProvider time, ILogger<MissedAnnouncements> logger)
    : BackgroundService
{
    private const int SideBySide = 8;
    private const int Tries = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        bus.ConnectReceiveEndpointObserver(new QueueObserver(identity.ClusterQueue) { OnRead = () => _signal.Writer.TryWrite(true) });
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _signal.Reader.WaitToReadAsync(stoppingToken))
        {
            // read before the threads are taken: who joins from here on asks for itself
            _signal.Reader.TryRead(out _);
            var joined = threads.Joined();
            presence.Changed([.. joined.Where(t => t.UserId is null).Select(t => RoomNames.OfThread(t.ThreadId)).OfType<string>()]);
            await AskAsync(joined, stoppingToken);
        }
    }

    private async Task AskAsync(IReadOnlyList<ThreadKey> joined, CancellationToken stopping)
    {
        for (var tried = 0; joined.Count > 0; tried++)
        {
            if (tried == Tries)
            {
                LogGivenUp(joined.Count);
                return;
            }

            if (tried > 0)
            {
                await Task.Delay(Pause, time, stopping);
            }

            var unanswered = new List<ThreadKey>();
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = stopping };
            await Parallel.ForEachAsync(joined, parallel, async (thread, token) =>
            {
                if (!await TryShowAsync(thread, token))
                {
                    lock (unanswered)
                    {
                        unanswered.Add(thread);
                    }
                }
            });
            joined = unanswered;
        }
    }

    private async Task<bool> TryShowAsync(ThreadKey thread, CancellationToken stopping)
    {
        if (threads.Of(thread) is not [var member, ..])
        {
            return true;
        }

        var answer = await late.AskAsync(member, thread, stopping);
        foreach (var run in answer.Runs)
        {
            threads.Announced(run);
        }

        return answer.Status != ThreadStatus.Unavailable;
    }

    [LoggerMessage(1862, LogLevel.Warning, "Which runs are under way in {Threads} joined threads could not be learnt. Who joins them again is shown.")]
    private partial void LogGivenUp(int threads);
}
