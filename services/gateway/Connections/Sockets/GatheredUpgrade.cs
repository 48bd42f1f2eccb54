using Microsoft.AspNetCore.Http.Features;

namespace StreamChat.Gateway.Connections.Sockets;

/// <summary>Puts a <see cref="GatheredStream"/> between a WebSocket and its network connection, where the endpoint finds it as a feature.</summary>
internal sealed class GatheredUpgrade(HttpContext context, IHttpUpgradeFeature inner) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => inner.IsUpgradableRequest;

    /// <summary>Wraps the upgrade of requests that can be one. Goes before the WebSocket middleware.</summary>
    public static void Use(IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
        {
            context.Features.Set<IHttpUpgradeFeature>(new GatheredUpgrade(context, upgrade));
        }

        return next(context);
    });

    public async Task<Stream> UpgradeAsync()
    {
        GatheredStream stream = new(await inner.UpgradeAsync());
        context.Features.Set(stream);
        return stream;
    }
}
