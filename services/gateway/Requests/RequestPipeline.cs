using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Requests.Middleware;

namespace StreamChat.Gateway.Requests;

/// <summary>The way of every frame of every dialect, from the parser to the handler of its kind.</summary>
internal sealed class RequestPipeline
{
    /// <summary>The middleware in the order in which a request passes it.</summary>
    public static readonly IReadOnlyList<Type> Order =
    [
        typeof(LoggingMiddleware),    // 1  one line a request at Debug; what fails becomes an internal error
        typeof(MetricsMiddleware),    // 2  counts and times, by dialect, kind and outcome
        typeof(ValidationMiddleware), // 3  bad frames get their error, too many of them in a row the end
        typeof(AuthMiddleware),       // 4  whose token has expired or was revoked may only bring a new one
        typeof(LimitsMiddleware),     // 5  so many requests a user and an address in a while, so many runs and bytes at a time
        typeof(TurnMiddleware),       // 6  without request ids: one after the other, a few may wait
    ];

    private readonly RequestStep _first;

    public RequestPipeline(IServiceProvider services, RequestHandlers handlers)
    {
        RequestStep step = handlers.HandleAsync;
        foreach (var type in Order.Reverse())
        {
            var middleware = (IRequestMiddleware)services.GetRequiredService(type);
            var next = step;
            step = context => middleware.InvokeAsync(context, next);
        }

        _first = step;
    }

    /// <summary>Serves a frame. Does not keep the reader of the connection waiting.</summary>
    /// <param name="connection">Where it came from.</param>
    /// <param name="frame">What came.</param>
    /// <param name="bytes">How large it was.</param>
    /// <param name="ended">Fires when the connection has ended.</param>
    public void Start(IClientConnection connection, ClientFrame frame, int bytes, CancellationToken ended) =>
        _ = _first(new RequestContext(connection, frame, ended) { Bytes = bytes }).AsTask();
}
