using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Dialects.Assistant;
using StreamChat.Gateway.Rooms;

namespace StreamChat.Gateway.Requests.Handlers.Assistant;

/// <summary>Tells the other connections in the rooms that people made, and nobody else, that a user goes away.</summary>
internal sealed class AssistantFarewellHandler(IRooms rooms) : RequestHandler<AssistantFarewell>
{
    protected override ValueTask HandleAsync(RequestContext context, AssistantFarewell request)
    {
        var connection = context.Connection;
        var others = rooms.Joined(connection)
            .Where(room => room != RoomNames.PrivateRoom(connection.UserId))
            .SelectMany(room => rooms.Others(connection, room))
            .OfType<IClientConnection>()
            .Distinct();
        foreach (var other in others)
        {
            // a connection of another protocol has no word for it
            other.Send(new UserOffline(connection.UserId, request.Username));
        }

        return ValueTask.CompletedTask;
    }
}
