using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Net.Http.Headers;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Http.EventStreams;

namespace StreamChat.Gateway.Http;

/// <summary>
/// CORS: tells browsers that pages of the origins which <see cref="OriginRule"/> allows may read the answers, errors included. All
/// others get no such header.
/// </summary>
internal sealed class CrossOrigin(OriginRule rule) : ICorsPolicyProvider
{
    private const string RequestPrivateNetwork = "Access-Control-Request-Private-Network";
    private const string AllowPrivateNetwork = "Access-Control-Allow-Private-Network";

    /// <summary>How long a browser remembers the answer to a preflight.</summary>
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromMinutes(10);

    private static readonly CorsPolicy Denied = Policy(p => p.SetIsOriginAllowed(_ => false));
    private static readonly CorsPolicy AsAny = Policy(p => p.AllowAnyOrigin());
    private static readonly CorsPolicy WithoutCredentials = Policy(p => p.SetIsOriginAllowed(_ => true));
    private static readonly CorsPolicy Full = Policy(p => p.SetIsOriginAllowed(_ => true).AllowCredentials());

    /// <summary>Answers preflights, and adds to answers what their origin may know.</summary>
    public static void Use(WebApplication app)
    {
        app.Use((context, next) =>
        {
            // also on what was asked for without an origin: a cache must not give that to a page of another one
            context.Response.OnStarting(
                static state =>
                {
                    var headers = ((HttpResponse)state).Headers;
                    if (!headers.GetCommaSeparatedValues(HeaderNames.Vary).Contains(HeaderNames.Origin, StringComparer.OrdinalIgnoreCase))
                    {
                        headers.Append(HeaderNames.Vary, HeaderNames.Origin);
                    }

                    return Task.CompletedTask;
                },
                context.Response);

            // https://wicg.github.io/private-network-access: a page from the internet asks before it uses a server in a private network
            if (HttpMethods.IsOptions(context.Request.Method)
                && context.Request.Headers[RequestPrivateNetwork] is ["true"]
                && context.RequestServices.GetRequiredService<OriginRule>().GrantTo(context) != OriginGrant.None)
            {
                context.Response.Headers[AllowPrivateNetwork] = "true";
            }

            return next(context);
        });
        app.UseCors();
    }

    public Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName) => Task.FromResult<CorsPolicy?>(rule.GrantTo(context) switch
    {
        OriginGrant.Full => Full,
        OriginGrant.WithoutCredentials => WithoutCredentials,
        OriginGrant.AsAny => AsAny,
        _ => Denied,
    });

    private static CorsPolicy Policy(Action<CorsPolicyBuilder> origins)
    {
        var policy = new CorsPolicyBuilder()
            .WithMethods(HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete)
            .WithHeaders(HeaderNames.Authorization, HeaderNames.ContentType, HttpCallers.KeyHeader, EventStreamPosition.Header)
            .WithExposedHeaders(HeaderNames.RetryAfter, HeaderNames.WWWAuthenticate, HeaderNames.ContentDisposition)
            .SetPreflightMaxAge(PreflightMaxAge);
        origins(policy);
        return policy.Build();
    }
}
