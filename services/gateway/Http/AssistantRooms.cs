using Microsoft.Extensions.Options;
using StreamChat.Contracts.Gateways;
using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Cluster;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Assistant;
using StreamChat.Gateway.Rooms;

namespace StreamChat.Gateway.Http;

/// <summary>
/// The rooms as the assistant's endpoints show them: those that people made, and a private one for each user who is connected. When
/// the store of rooms does not answer in time, counts are the last ones known.
/// </summary>
internal sealed class AssistantRooms(IRooms rooms, IClusterNumbers numbers, ClusterQuestions cluster, IOptions<ClusterOptions> options, TimeProvider time)
{
    private const int PageSize = 200;

    // more than that is nothing to look at
    private const int MaxPages = 50;

    private int _made;

    /// <summary>How many there are.</summary>
    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        if (await ListAsync(after: null, limit: 1, cancellationToken) is { Status: RoomStatus.Ok } list)
        {
            Volatile.Write(ref _made, list.Total);
        }

        return Volatile.Read(ref _made) + numbers.Of(AssistantDialect.DialectName).Users;
    }

    /// <summary>All of them, private ones of users first.</summary>
    public async Task<IReadOnlyList<ListedRoom>> ListAsync(CancellationToken cancellationToken)
    {
        List<ListedRoom> listed = [.. PrivateRooms(await cluster.ListConnectionsAsync(cancellationToken))];
        string? after = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var list = await ListAsync(after, PageSize, cancellationToken);
            listed.AddRange(list?.Rooms.Select(r => new ListedRoom(r.RoomId, r.Name, r.Description, r.Members, IsoTime.Naive(r.CreatedAt), r.IsPrivate)) ?? []);
            if (list is not { Rooms.Count: PageSize })
            {
                break;
            }

            after = list.Rooms[^1].RoomId;
        }

        return listed;
    }

    private async Task<RoomList?> ListAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Value.AnswerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await rooms.ListAsync(userId: null, after, limit, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
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
