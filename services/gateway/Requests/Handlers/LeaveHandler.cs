using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Rooms;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Shows a connection no more of a thread.</summary>
internal sealed class LeaveHandler(RoomDirectory rooms, ThreadViewers threads) : RequestHandler<LeaveRequest>
{
    protected override async ValueTask HandleAsync(RequestContext context, LeaveRequest request)
    {
        var connection = context.Connection;
        if (ThreadIds.RoomOf(request.ThreadId) is { } roomId)
        {
            await rooms.LeaveAsync(connection, roomId, context.Stopping);
        }
        else
        {
            threads.Leave(connection, new ThreadKey(connection.UserId, request.ThreadId));
        }

        connection.Send(new ThreadLeft(request.ThreadId));
    }
}
