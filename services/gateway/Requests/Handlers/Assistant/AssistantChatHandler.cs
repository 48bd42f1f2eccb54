using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Dialects.Assistant;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Handlers.Assistant;

/// <summary>Decides which conversation a chat belongs to and starts its run.</summary>
internal sealed class AssistantChatHandler(RunServing runs) : RequestHandler<AssistantChat>
{
    protected override ValueTask HandleAsync(RequestContext context, AssistantChat request)
    {
        var connection = context.Connection;
        return runs.ServeAsync(context, AssistantNames.Place(request, connection.UserId, room => ThreadAccess.IsIn(connection, RoomNames.Thread(room))));
    }
}
