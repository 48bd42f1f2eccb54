using Microsoft.Extensions.Options;
using StreamChat.Contracts.Gateways;
using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Cluster;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Assistant;
using StreamChat.Gateway.Limits;
using StreamChat.Gateway.Rooms;

namespace StreamChat.Gateway.Http;

/// <summary>
/// The rooms as the assistant's endpoints show them: those that people made, and a private one for each user who is connected. When
/// the store of rooms does not answer in time, counts are the last ones known. Answers are kept for
/// <see cref="LimitsOptions.StatusAge"/>, since anybody may ask.
/// </summary>
internal sealed class AssistantRooms
{
    private const int PageSize = 200;

    // more than that is nothing to look at
    private const int MaxPages = 50;

    private readonly IRooms _rooms;
    private readonly IClusterNumbers _numbers;
    private readonly ClusterQuestions _cluster;
    private readonly ClusterOptions _options;
    private readonly TimeProvider _time;
    private readonly BriefAnswer<int> _count;
    private readonly BriefAnswer<IReadOnlyList<ListedRoom>> _list;
    private int _made;

    public AssistantRooms(
        IRooms rooms, IClusterNumbers numbers, ClusterQuestions cluster, IOptions<ClusterOptions> options, IOptions<LimitsOptions> limits, TimeProvider time)
    {
        (_rooms, _numbers, _cluster, _options, _time) = (rooms, numbers, cluster, options.Value, time);
        _count = new BriefAnswer<int>(CountMadeAsync, limits.Value.StatusAge, time);
        _list = new BriefAnswer<IReadOnlyList<ListedRoom>>(ListAllAsync, limits.Value.StatusAge, time);
    }

    /// <summary>How many there are.</summary>
    public async Task<int> CountAsync(CancellationToken cancellationToken) =>
        await _count.GetAsync(cancellationToken) + _numbers.Of(AssistantDialect.DialectName).Users;

    /// <summary>All of them, private ones of users first.</summary>
    public Task<IReadOnlyList<ListedRoom>> ListAsync(CancellationToken cancellationToken) => _list.GetAsync(cancellationToken);

    private async Task<int> CountMadeAsync()
    {
        if (await ListAsync(after: null, limit: 1) is { Status: RoomStatus.Ok } list)
        {
            Volatile.Write(ref _made, list.Total);
        }

        return Volatile.Read(ref _made);
    }

    private async Task<IReadOnlyList<ListedRoom>> ListAllAsync()
    {
        List<ListedRoom> listed = [.. PrivateRooms(await _cluster.ListConnectionsAsync(CancellationToken.None))];
        string? after = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var list = await ListAsync(after, PageSize);
            listed.AddRange(list?.Rooms.Select(r => new ListedRoom(r.RoomId, r.Name, r.Description, r.Members, IsoTime.Naive(r.CreatedAt), r.IsPrivate)) ?? []);
            if (list is not { Rooms.Count: PageSize })
            {
                break;
            }

            after = list.Rooms[^1].RoomId;
        }

        return listed;
    }

    private async Task<RoomList?> ListAsync(string? after, int limit)
    {
        using var deadline = new CancellationTokenSource(_options.AnswerTimeout, _time);
        try
        {
            return await _rooms.ListAsync(userId: null, after, limit, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static IEnumerable<ListedRoom> PrivateRooms(IReadOnlyList<ConnectionDescription> connections) => connections
        .Where(c => c.Dialect == AssistantDialect.DialectName)
        .GroupBy(c => c.UserId, StringComparer.Ordinal)
        .Select(user => new ListedRoom(
            ThreadIds.PrivateRoomOf(user.Key), $"用户 {user.Key} 的私人空间", "用户专用聊天房间", user.Count(), IsoTime.Naive(user.Min(c => c.OpenedAt)), IsPrivate: true));
}
