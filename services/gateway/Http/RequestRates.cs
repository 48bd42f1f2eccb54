using StreamChat.Gateway.Limits;

namespace StreamChat.Gateway.Http;

/// <summary>Keeps HTTP requests to the share of their user and of their address, as on sockets.</summary>
internal static class RequestRates
{
    /// <summary>
    /// Requests to these endpoints count: against the bucket of the user who asks, where the endpoint requires one with a name, and
    /// against that of the address. One too many gets 429 with <c>Retry-After</c>. Not for pages and health checks, which cost nothing.
    /// </summary>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="cost">As how many requests of the address each counts.</param>
    public static TBuilder LimitRequests<TBuilder>(this TBuilder endpoints, int cost = 1)
        where TBuilder : IEndpointConventionBuilder => endpoints.AddEndpointFilter(async (invocation, next) =>
    {
        var context = invocation.HttpContext;
        var services = context.RequestServices;
        var user = context.FindCaller() is { IsAnonymous: false } caller ? services.GetRequiredService<UserRates>().Take($"http:user:{caller.UserId}") : null;
        if ((user ?? services.GetRequiredService<AddressLimits>().Take(context.Connection.RemoteIpAddress, cost)) is not { } wait)
        {
            return await next(invocation);
        }

        services.GetRequiredService<GatewayTelemetry>().LimitReached(user is null ? "requests_per_address" : "requests");
        await new Refusal(StatusCodes.Status429TooManyRequests, user is null ? "address_rate" : "user_rate", "Too many requests.") { RetryAfter = wait }.WriteAsync(context);
        return Results.Empty;
    });
}
