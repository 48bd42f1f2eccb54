using StreamChat.Gateway.Dialects.Assistant;

namespace StreamChat.Gateway.Requests.Handlers.Assistant;

/// <summary>Says hello back.</summary>
internal sealed class AssistantGreetingHandler : RequestHandler<AssistantGreeting>
{
    protected override ValueTask HandleAsync(RequestContext context, AssistantGreeting request)
    {
        context.Connection.Send(new AssistantGreeted());
        return ValueTask.CompletedTask;
    }
}
