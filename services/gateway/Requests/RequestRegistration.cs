using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Requests.Handlers;

namespace StreamChat.Gateway.Requests;

/// <summary>What serves requests: the pipeline and a handler for each kind.</summary>
internal static class RequestRegistration
{
    public static IServiceCollection AddRequests(this IServiceCollection services)
    {
        services.AddSingleton<RequestPipeline>();
        services.AddSingleton<RequestHandlers>();
        services.AddSingleton<RunServing>();
        services.AddSingleton<MessageExtensions>();
        foreach (var middleware in RequestPipeline.Order)
        {
            services.AddSingleton(middleware);
        }

        services.AddRequestHandler<RunHandler>();
        services.AddRequestHandler<CancelHandler>();
        services.AddRequestHandler<CancelAllHandler>();
        services.AddRequestHandler<AttachHandler>();
        services.AddRequestHandler<ToolResultHandler>();
        services.AddRequestHandler<JoinHandler>();
        services.AddRequestHandler<LeaveHandler>();
        services.AddRequestHandler<PingHandler>();
        services.AddRequestHandler<PongHandler>();
        services.AddRequestHandler<IgnoredHandler>();
        services.AddRequestHandler<ToolCallHandler>();
        services.AddRequestHandler<SwitchMemberHandler>();
        services.AddRequestHandler<SessionStatusHandler>();
        services.AddRequestHandler<ExtensionHandler>();
        services.AddRequestHandler<HeartbeatHandler>();
        services.AddRequestHandler<YYChatStatusHandler>();
        services.AddRequestHandler<AuthHandler>();
        return services;
    }

    /// <summary>Adds the handler of one kind of request.</summary>
    public static void AddRequestHandler<THandler>(this IServiceCollection services)
        where THandler : class, IRequestHandler => services.AddSingleton<IRequestHandler, THandler>();

    /// <summary>Adds a kind of message to a dialect.</summary>
    public static void AddMessageHandler<THandler>(this IServiceCollection services)
        where THandler : class, IMessageHandler
    {
        services.AddSingleton<THandler>();
        services.AddSingleton<IMessageHandler>(provider => provider.GetRequiredService<THandler>());
        services.AddSingleton(provider =>
        {
            var handler = provider.GetRequiredService<THandler>();
            return new MessageExtension(handler.Dialect, handler.Type);
        });
    }
}
