using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Passes an added kind of message to what was registered for it.</summary>
internal sealed class ExtensionHandler(IEnumerable<IMessageHandler> handlers) : RequestHandler<ExtensionRequest>
{
    private readonly Dictionary<MessageExtension, IMessageHandler> _handlers = handlers.ToDictionary(h => new MessageExtension(h.Dialect, h.Type));

    protected override ValueTask HandleAsync(RequestContext context, ExtensionRequest request) =>
        _handlers[new MessageExtension(context.Connection.Dialect.Name, request.Type)].HandleAsync(context, request.Message);
}
