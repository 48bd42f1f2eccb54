using StreamChat.Gateway.Dialects.Assistant;

namespace StreamChat.Gateway.Requests.Handlers.Assistant;

/// <summary>Confirms that the chats that follow belong to another conversation: the session has noted which when it read the frame.</summary>
internal sealed class SwitchConversationHandler : RequestHandler<SwitchConversation>
{
    protected override ValueTask HandleAsync(RequestContext context, SwitchConversation request)
    {
        context.Connection.Send(new ConversationSwitched(request.ConversationId));
        return ValueTask.CompletedTask;
    }
}
