namespace StreamChat.Gateway.Requests.Handlers.Assistant;

/// <summary>What serves the kinds of request that only the assistant protocol has.</summary>
internal static class AssistantHandlers
{
    public static void AddAssistantHandlers(this IServiceCollection services)
    {
        services.AddRequestHandler<AssistantChatHandler>();
        services.AddRequestHandler<AssistantCommandHandler>();
        services.AddRequestHandler<SwitchConversationHandler>();
        services.AddRequestHandler<AssistantGreetingHandler>();
        services.AddRequestHandler<AssistantFarewellHandler>();
    }
}
