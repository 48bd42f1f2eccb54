using System.Net.Sockets;
using Yarp.ReverseProxy.Forwarder;

namespace StreamChat.Edge.Gateways;

/// <summary>Whose fault it is that a request got no answer from its gateway.</summary>
internal enum Fault
{
    /// <summary>Nobody's that the edge could act on: the client's, or one in the middle of an answer.</summary>
    None,

    /// <summary>The gateway could not be connected to.</summary>
    Gateway,

    /// <summary>The edge has no descriptor, port or memory left for another connection.</summary>
    Edge,

    /// <summary>The request cannot be passed on to any gateway, now or later.</summary>
    Request,
}

/// <summary>
/// Decides whose fault a failed request is. Only faults of the connection itself count against a gateway. Any later one may be the client's: it
/// aborts, stalls or sends what a gateway cuts off. A gateway that takes connections and then fails is found by the probes.
/// </summary>
internal static class GatewayFaults
{
    /// <summary>Judges what the proxy reports of a request.</summary>
    public static Fault Of(HttpContext context) =>
        context.Features.Get<IForwarderErrorFeature>() is { } failed ? Of(failed.Error, failed.Exception) : Fault.None;

    /// <summary>Judges an error of the proxy.</summary>
    internal static Fault Of(ForwarderError error, Exception? exception) => (error, exception) switch
    {
        (ForwarderError.Request, HttpRequestException e) when IsOwn(e) => Fault.Edge,
        (ForwarderError.Request, HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError,
        }) => Fault.Gateway,

        // the handler's own time-out of a connection, unlike the activity time-out, comes with a TimeoutException
        (ForwarderError.RequestTimedOut, OperationCanceledException { InnerException: TimeoutException }) => Fault.Gateway,

        // without a connection or stream that failed, the request could not be written
        (ForwarderError.RequestCreation, _) => Fault.Request,
        (ForwarderError.Request, HttpRequestException { HttpRequestError: HttpRequestError.Unknown, InnerException: not IOException }) => Fault.Request,
        (ForwarderError.Request, not (null or HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)) => Fault.Request,
        _ => Fault.None,
    };

    private static bool IsOwn(HttpRequestException exception) => exception.InnerException is GatewaySocketsFullException
        or SocketException
    {
        SocketErrorCode: SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.AddressNotAvailable
                or SocketError.AddressAlreadyInUse or SocketError.AccessDenied,
    };
}
