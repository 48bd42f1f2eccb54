using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Requests;

/// <summary>Does what one kind of request asks.</summary>
internal interface IRequestHandler
{
    /// <summary>The kind: a <see cref="ClientFrame"/>.</summary>
    Type RequestType { get; }

    /// <summary>Serves it. A turn is over when this returns, so a run is waited for.</summary>
    ValueTask HandleAsync(RequestContext context);
}

/// <summary>Base of handlers: one class a kind of request.</summary>
/// <typeparam name="TRequest">The kind.</typeparam>
internal abstract class RequestHandler<TRequest> : IRequestHandler
    where TRequest : ClientFrame
{
    public Type RequestType => typeof(TRequest);

    public ValueTask HandleAsync(RequestContext context) => HandleAsync(context, (TRequest)context.Frame);

    protected abstract ValueTask HandleAsync(RequestContext context, TRequest request);
}
