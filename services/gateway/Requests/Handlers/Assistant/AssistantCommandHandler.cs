using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Assistant;
using StreamChat.Gateway.Rooms;

namespace StreamChat.Gateway.Requests.Handlers.Assistant;

/// <summary>Does what the assistant protocol's commands ask, and answers each.</summary>
internal sealed class AssistantCommandHandler(IRooms rooms) : RequestHandler<AssistantCommand>
{
    // the protocol has no pages
    private const int LargestList = 200;

    protected override async ValueTask HandleAsync(RequestContext context, AssistantCommand request)
    {
        var connection = context.Connection;
        switch (request)
        {
            case EnterRoomCommand enter:
                await JoinAsync(context, enter.RoomId, createIfMissing: true, ok => ok ? null : new RoomNotEntered(enter.RoomId));
                break;
            case JoinRoomCommand join:
                await JoinAsync(context, join.RoomId, createIfMissing: false, ok => new RoomJoined(join.RoomId, ok));
                break;
            default:
                switch (await AnswerAsync(connection, request, context.Stopping))
                {
                    case Fault fault:
                        context.Refuse(fault);
                        break;
                    case { } answer:
                        connection.Send(answer);
                        break;
                }

                break;
        }
    }

    /// <summary>Puts the connection into a room, says so, and then shows it what is under way there.</summary>
    private async ValueTask JoinAsync(RequestContext context, string roomId, bool createIfMissing, Func<bool, ServerEvent?> answer)
    {
        var (connection, stopping) = (context.Connection, context.Stopping);
        var status = (await rooms.JoinAsync(connection, roomId, createIfMissing, stopping)).Status;
        context.FoundNothing = status == RoomStatus.NotFound;
        var joined = status == RoomStatus.Ok;
        var underWay = joined ? await rooms.RunsAsync(connection, roomId, stopping) : null;
        if (answer(joined) is { } said)
        {
            connection.Send(said);
        }

        if (underWay is not null)
        {
            rooms.Show(connection, underWay);
        }
    }

    private async ValueTask<ServerEvent> AnswerAsync(IClientConnection connection, AssistantCommand request, CancellationToken stopping)
    {
        switch (request)
        {
            case LeaveRoomCommand leave:
                await rooms.LeaveAsync(connection, leave.RoomId, stopping);
                return new RoomLeft(leave.RoomId);
            case CreateRoomCommand create:
                var created = await rooms.CreateAsync(connection, Describe(create), stopping);
                return new RoomCreated(create.RoomId, created.Status == RoomStatus.Ok ? created.Room : null);
            case InviteCommand invite:
                var invited = await rooms.InviteAsync(connection, invite.RoomId, invite.UserId, stopping);
                return new UserInvited(invite.RoomId, invite.UserId, invited == RoomStatus.Ok);
            case ListRoomsCommand:
                var list = await rooms.ListAsync(connection.UserId, after: null, LargestList, stopping);
                return list.Status == RoomStatus.Ok ? new RoomsListed(list.Rooms, list.Total) : Unavailable(request);
            case ConnectionInfoCommand:
                return new ConnectionDescribed(RoomDirectory.JoinedBy(connection));
            default:
                throw new InvalidOperationException($"No answer to {request.GetType().Name}.");
        }
    }

    private static NewRoom Describe(CreateRoomCommand create) => new()
    {
        RoomId = create.RoomId,
        Name = create.Name,
        Description = create.Description,
        MaxMembers = create.MaxMembers,
        IsPrivate = create.IsPrivate,
        Speak = create.Speak,
        Cancel = create.Cancel,
    };

    private static Fault Unavailable(AssistantCommand request) =>
        new(Runs.FaultCodes.Unavailable, "Rooms cannot be listed at the moment. Please try again.", Retryable: true) { Request = request };
}
