using System.Net;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Limits;

namespace StreamChat.Gateway.Connections.Handshakes;

/// <summary>Takes a place for the connection.</summary>
internal sealed class PlaceCheck(ConnectionPlaces places, AddressLimits addresses, ConnectionRegistry registry, GatewayTelemetry telemetry) : IHandshakeCheck
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    public Refusal? Check(Handshake handshake)
    {
        var refusal = Take(handshake.Dialect, handshake.Caller!, handshake.Context.Connection.RemoteIpAddress, out var place);
        handshake.Place = place;
        return refusal;
    }

    /// <summary>Takes a place for whatever is to be served for long.</summary>
    /// <returns>Why there is none; null when there is.</returns>
    public Refusal? Take(IDialect dialect, Caller caller, IPAddress? address, out ConnectionPlaces.Place? place)
    {
        place = null;
        if (registry.Draining)
        {
            return Full("stopping", "This server is about to stop.") with { AskElsewhere = true };
        }

        if (addresses.Take(address) is { } wait)
        {
            telemetry.LimitReached("requests_per_address");
            return TooMany("requests_per_address", "There are too many requests from your address.") with { RetryAfter = wait };
        }

        var met = places.TryReserve(dialect.Name, dialect.Connections, caller.IsAnonymous ? null : caller.UserId, address, out place);
        if (met is null)
        {
            return null;
        }

        var limit = met switch
        {
            PlaceLimit.Gateway => "connections",
            PlaceLimit.Dialect => "connections_per_dialect",
            PlaceLimit.User => "connections_per_user",
            _ => "connections_per_address",
        };
        telemetry.LimitReached(limit);
        return met switch
        {
            PlaceLimit.Gateway or PlaceLimit.Dialect => Full(limit, "This server takes no more connections at the moment."),
            PlaceLimit.User => TooMany(limit, "You have too many connections already."),
            _ => TooMany(limit, "There are too many connections from your address already."),
        };
    }

    private static Refusal Full(string reason, string message) => new(StatusCodes.Status503ServiceUnavailable, reason, message) { RetryAfter = RetryAfter };

    private static Refusal TooMany(string reason, string message) => new(StatusCodes.Status429TooManyRequests, reason, message) { RetryAfter = RetryAfter };
}
