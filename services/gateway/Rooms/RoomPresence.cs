using System.Threading.Channels;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Rooms;

/// <summary>
/// Tells the members of rooms here who is there. What is heard of a room only marks it; a moment later the workers are asked who is in
/// all rooms that are marked. So a storm of comings costs few messages, and who asked last knows best, whatever came in which order.
/// </summary>
internal sealed class RoomPresence(RoomClient client, ThreadViewers threads, IOptions<LimitsOptions> limits, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();

    // those to be asked for, each with members here, and who is to be told: null for everybody
    private readonly Dictionary<string, HashSet<IRunListener>?> _due = new(StringComparer.Ordinal);
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Somebody has come to rooms or gone, on whichever gateway.</summary>
    public void Changed(IReadOnlyList<string> roomIds)
    {
        foreach (var roomId in roomIds.Where(roomId => MembersOf(roomId).Count > 0))
        {
            Mark(roomId, newcomer: null);
        }
    }

    /// <summary>A connection has joined a room, and is to know who is there, also when nobody else learns anything new.</summary>
    public void Greet(IRunListener newcomer, string roomId)
    {
        if (newcomer.SeesPresence && !RoomNames.IsPrivateRoom(roomId))
        {
            Mark(roomId, newcomer);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _signal.Reader.WaitToReadAsync(stoppingToken))
        {
            await Task.Delay(limits.Value.PresenceDelay, time, stoppingToken);

            // read before the marks are taken, so that none that is made meanwhile is left lying
            _signal.Reader.TryRead(out _);
            if (!await TryTellAsync(Take(), stoppingToken))
            {
                await Task.Delay(RetryDelay, time, stoppingToken);
            }
        }
    }

    private async Task<bool> TryTellAsync(Dictionary<string, HashSet<IRunListener>?> due, CancellationToken cancellationToken)
    {
        var told = true;
        foreach (var chunk in due.Keys.Where(roomId => MembersOf(roomId).Count > 0).Chunk(ReadRoomMembers.MostRooms))
        {
            var answer = await client.ReadMembersAsync(new ReadRoomMembers { RoomIds = chunk, MostUsers = limits.Value.PresenceUsers }, cancellationToken);
            if (answer.Status == RoomStatus.Ok)
            {
                Tell(answer.Rooms, due);
                continue;
            }

            told = false;
            foreach (var roomId in chunk)
            {
                // to everybody: who is new among them gets it too
                Mark(roomId, newcomer: null);
            }
        }

        return told;
    }

    private void Tell(IReadOnlyList<RoomMembers> rooms, Dictionary<string, HashSet<IRunListener>?> due)
    {
        foreach (var room in rooms)
        {
            // as they are now: who has left in the meantime is told nothing
            foreach (var member in MembersOf(room.RoomId).Where(member => due[room.RoomId]?.Contains(member) != false))
            {
                member.OnPresence(room);
            }
        }
    }

    private List<IRunListener> MembersOf(string roomId) =>
        [.. threads.Of(new ThreadKey(null, RoomNames.Thread(roomId))).Where(member => member.SeesPresence)];

    private void Mark(string roomId, IRunListener? newcomer)
    {
        lock (_lock)
        {
            if (newcomer is null)
            {
                _due[roomId] = null;
            }
            else if (!_due.TryGetValue(roomId, out var newcomers))
            {
                _due.Add(roomId, [newcomer]);
            }
            else
            {
                newcomers?.Add(newcomer);
            }
        }

        _signal.Writer.TryWrite(true);
    }

    private Dictionary<string, HashSet<IRunListener>?> Take()
    {
        lock (_lock)
        {
            var due = new Dictionary<string, HashSet<IRunListener>?>(_due, StringComparer.Ordinal);
            _due.Clear();
            return due;
        }
    }
}
