using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Rooms;
using StreamChat.Gateway.Runs;
using StreamChat.Gateway.Threads;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Shows a connection all runs of a thread: one of its user's, or a room's that it may be in.</summary>
internal sealed class JoinHandler(RoomDirectory rooms, ThreadViewers threads, LateJoins late, RoomPresence presence) : RequestHandler<JoinRequest>
{
    protected override async ValueTask HandleAsync(RequestContext context, JoinRequest request)
    {
        var connection = context.Connection;
        var roomId = ThreadIds.RoomOf(request.ThreadId);
        var thread = new ThreadKey(roomId is null ? connection.UserId : null, request.ThreadId);
        var status = roomId is not null
            ? (await rooms.JoinAsync(connection, roomId, createIfMissing: false, context.Stopping)).Status
            : threads.TryJoin(connection, thread, ThreadRights.Own) ? RoomStatus.Ok : RoomStatus.Limit;
        switch (status)
        {
            case RoomStatus.Ok:
                var underWay = await late.ListAsync(connection, thread, context.Stopping);
                connection.Send(new ThreadJoined(request.ThreadId));
                late.Show(connection, request.Except is { } except ? [.. underWay.Where(run => !except.Contains(run.RunId))] : underWay);
                if (roomId is not null)
                {
                    presence.Greet(connection, roomId);
                }

                break;
            case RoomStatus.NotFound:
                context.Refuse(FaultCodes.NotFound, "There is no such room.");
                break;
            case RoomStatus.Forbidden:
                context.Refuse(FaultCodes.Forbidden, "This room is for those who are invited.");
                break;
            case RoomStatus.Full:
                context.Refuse(FaultCodes.Busy, "The room is full.", retryable: true);
                break;
            case RoomStatus.Limit:
                context.Refuse(FaultCodes.Busy, "This connection has joined as many threads as it may.");
                break;
            case RoomStatus.Invalid:
                context.Refuse(FaultCodes.InvalidFrame, "That is not a valid room name.");
                break;
            default:
                context.Refuse(FaultCodes.Unavailable, "The room cannot be joined at the moment. Please try again.", retryable: true);
                break;
        }
    }
}
