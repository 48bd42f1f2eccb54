using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using StreamChat.Hosting.Http;
using StreamChat.Hosting.Options;

namespace StreamChat.Gateway.Http;

/// <summary>What all HTTP endpoints share: which hosts and origins may use them, how large a body may be, how pages are framed.</summary>
internal static class HttpRegistration
{
    public static IServiceCollection AddHttp(this IServiceCollection services)
    {
        services.AddValidatedOptions<PagesOptions>(PagesOptions.Section);
        services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = RequestBody.Max);
        services.AddSingleton<HostGuard>();
        services.AddCors();

        // not transient, as CORS itself would add it
        services.AddSingleton<ICorsPolicyProvider, CrossOrigin>();
        return services;
    }
}
