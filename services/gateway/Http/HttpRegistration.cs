using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using StreamChat.Hosting.Options;

namespace StreamChat.Gateway.Http;

/// <summary>What all HTTP endpoints share: which hosts and origins may use them, how large a body may be, how pages are framed.</summary>
internal static class HttpRegistration
{
    /// <summary>The largest body that an endpoint takes, in bytes, unless its metadata names another limit. A larger one is answered with 413.</summary>
    public const int MaxBody = 16 * 1024;

    public static IServiceCollection AddHttp(this IServiceCollection services)
    {
        services.AddValidatedOptions<PagesOptions>(PagesOptions.Section);
        services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = MaxBody);
        services.AddSingleton<HostGuard>();
        services.AddCors();

        // not transient, as CORS itself would add it
        services.AddSingleton<ICorsPolicyProvider, CrossOrigin>();
        return services;
    }
}
