using StreamChat.Gateway.Dialects.Assistant;
using StreamChat.Gateway.Rooms;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Handlers.Assistant;

/// <summary>Decides which conversation a chat belongs to and starts its run.</summary>
internal sealed class AssistantChatHandler(RunStarter runs, IRooms rooms) : RequestHandler<AssistantChat>
{
    protected override ValueTask HandleAsync(RequestContext context, AssistantChat request)
    {
        var joined = rooms.Joined(context.Connection);
        return runs.ServeAsync(context, AssistantNames.Place(request, context.Connection.UserId, joined.Contains));
    }
}
