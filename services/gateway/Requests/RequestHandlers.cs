using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Requests;

/// <summary>The registered handlers, by kind of request.</summary>
internal sealed class RequestHandlers
{
    private readonly Dictionary<Type, IRequestHandler> _handlers;
    private readonly ILookup<string, IMessageHandler> _messages;

    /// <exception cref="ArgumentException">Two handlers for one kind of request.</exception>
    public RequestHandlers(IEnumerable<IRequestHandler> handlers, IEnumerable<IMessageHandler> messages)
    {
        _handlers = handlers.ToDictionary(h => h.RequestType);
        _messages = messages.ToLookup(m => m.Dialect);
    }

    public ValueTask HandleAsync(RequestContext context) =>
        Find(context.Frame.GetType()) is { } handler
            ? handler.HandleAsync(context)
            : throw new InvalidOperationException($"No handler for {context.Frame.GetType().Name}.");

    /// <summary>What a dialect understands: its types of message, each with the name of what handles it.</summary>
    public IEnumerable<KeyValuePair<string, string>> Of(IDialect dialect) => dialect.MessageTypes
        .Select(type => KeyValuePair.Create(type.Key, Find(type.Value)?.GetType().Name ?? "none"))
        .Concat(_messages[dialect.Name].Select(message => KeyValuePair.Create(message.Type, message.GetType().Name)))
        .OrderBy(entry => entry.Key, StringComparer.Ordinal);

    // a dialect's own kind of run request is handled as any run request
    private IRequestHandler? Find(Type? request)
    {
        for (; request is not null; request = request.BaseType)
        {
            if (_handlers.TryGetValue(request, out var handler))
            {
                return handler;
            }
        }

        return null;
    }
}
