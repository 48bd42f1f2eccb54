using StreamChat.Gateway.Auth;
using StreamChat.Hosting.Health;

namespace StreamChat.Gateway.Http;

/// <summary>
/// Rejects what pages of other origins ask for, at every endpoint that does not say that it is <see cref="OpenToOtherSites"/>: a new
/// endpoint is covered without being listed.
/// </summary>
internal static class OriginGuard
{
    /// <summary>For pages and their parts, which disclose nothing and do nothing: any site may link to them.</summary>
    public static TBuilder OpenToOtherSites<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new OpenEndpoint(NavigationOnly: false));

    /// <summary>For an address that shows people a page and tells programs more: other sites may link to it, but not read it.</summary>
    public static TBuilder OpenToNavigation<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new OpenEndpoint(NavigationOnly: true));

    public static void UseOriginGuard(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (IsOpen(context) || context.RequestServices.GetRequiredService<OriginRule>().Allows(context))
        {
            await next(context);
            return;
        }

        context.RequestServices.GetRequiredService<GatewayTelemetry>().Refused(OriginRule.Refusal);
        await OriginRule.Refusal.WriteAsync(context);
    });

    private static bool IsOpen(HttpContext context) =>
        context.GetEndpoint() is not { Metadata: var metadata }
        || metadata.GetMetadata<HealthProbe>() is not null
        || (metadata.GetMetadata<OpenEndpoint>() is { } open && (!open.NavigationOnly || IsNavigation(context.Request)));

    private static bool IsNavigation(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Origin.Count == 0 && request.Headers["Sec-Fetch-Mode"] is ["navigate"];

    private sealed record OpenEndpoint(bool NavigationOnly);
}
