using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Rooms;
using StreamChat.Hosting.Bus;
using StreamChat.Storage;

namespace StreamChat.AgentWorker.Rooms;

/// <summary>Answers what gateways ask about rooms: always, also when the store cannot be reached.</summary>
internal sealed partial class RoomConsumer(IRoomStore store, RoomChanges changes, IOptions<BusOptions> options, TimeProvider time, ILogger<RoomConsumer> logger)
    : IConsumer<CreateRoom>, IConsumer<JoinRoom>, IConsumer<LeaveRoom>, IConsumer<InviteToRoom>, IConsumer<ListRooms>, IConsumer<RenewRoomMembers>,
    IConsumer<ReadRoomMembers>
{
    public Task Consume(ConsumeContext<CreateRoom> context) =>
        AnswerAsync(context, RoomRules.Check(context.Message), token => EnterAsync(context.Message.RoomId, store.CreateAsync(context.Message, token)), Refuse);

    public Task Consume(ConsumeContext<JoinRoom> context) =>
        AnswerAsync(context, RoomRules.Check(context.Message), token => EnterAsync(context.Message.RoomId, store.JoinAsync(context.Message, token)), Refuse);

    public Task Consume(ConsumeContext<LeaveRoom> context) => AnswerAsync(
        context,
        RoomStatus.Ok,
        async token =>
        {
            Tell(await store.LeaveAsync(context.Message, token));
            return new RoomAnswer { Status = RoomStatus.Ok };
        },
        Refuse);

    public Task Consume(ConsumeContext<InviteToRoom> context) => AnswerAsync(
        context,
        RoomRules.Check(context.Message),
        async token => new RoomAnswer { Status = await store.InviteAsync(context.Message, token) },
        Refuse);

    public Task Consume(ConsumeContext<ListRooms> context) => AnswerAsync(
        context,
        RoomRules.Check(context.Message),
        token => store.ListAsync(context.Message, token),
        status => new RoomList { Status = status, Rooms = [], Total = 0 });

    public Task Consume(ConsumeContext<RenewRoomMembers> context) => AnswerAsync(
        context,
        RoomRules.Check(context.Message),
        async token =>
        {
            var renewed = await store.RenewAsync(context.Message.ConnectionIds, token);
            Tell(renewed.Left);
            return new RoomMembersRenewed { Status = RoomStatus.Ok, Rooms = renewed.Rooms };
        },
        status => new RoomMembersRenewed { Status = status, Rooms = new Dictionary<string, int>() });

    public Task Consume(ConsumeContext<ReadRoomMembers> context) => AnswerAsync(
        context,
        RoomRules.Check(context.Message),
        async token => new RoomMembersRead { Status = RoomStatus.Ok, Rooms = await store.ReadMembersAsync(context.Message, token) },
        status => new RoomMembersRead { Status = status, Rooms = [] });

    private static RoomAnswer Refuse(RoomStatus status) => new() { Status = status };

    private async Task<RoomAnswer> EnterAsync(string roomId, Task<RoomAnswer> entering)
    {
        var answer = await entering;
        if (answer.Status == RoomStatus.Ok)
        {
            changes.Add(roomId);
        }

        return answer;
    }

    private void Tell(IReadOnlyList<string> left)
    {
        foreach (var roomId in left)
        {
            changes.Add(roomId);
        }
    }

    private async Task AnswerAsync<T>(
        ConsumeContext context, RoomStatus check, Func<CancellationToken, Task<T>> work, Func<RoomStatus, T> refuse)
        where T : class
    {
        T answer;
        try
        {
            answer = check == RoomStatus.Ok ? await work(context.CancellationToken) : refuse(check);
        }
        catch (StoreUnavailableException e)
        {
            LogUnavailable(e);
            answer = refuse(RoomStatus.Unavailable);
        }

        // a gateway that lets go of a closed connection does not wait for the answer
        if (context.ResponseAddress is not null)
        {
            await context.AnswerAsync(answer, options.Value, time);
        }
    }

    [LoggerMessage(2601, LogLevel.Warning, "A request about rooms is refused: the store is unavailable.")]
    private partial void LogUnavailable(Exception exception);
}
