using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using StreamChat.Edge.Gateways;
using StreamChat.Edge.Proxy;
using StreamChat.Edge.Sockets;
using StreamChat.Hosting;
using StreamChat.Hosting.Connections;
using StreamChat.Hosting.Health;
using StreamChat.Hosting.Http;
using StreamChat.Hosting.Options;
using StreamChat.Hosting.Telemetry;

namespace StreamChat.Edge;

/// <summary>The edge: the one address of a cluster, which spreads users over its gateways.</summary>
public static class EdgeApp
{
    // each socket takes a second descriptor for its gateway, and connections to gateways outlive requests for a while
    private const double ConnectionShare = 0.45;

    /// <summary>Builds the edge from configuration section <c>Edge</c>, ready to run.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>The application.</returns>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong; the message names its key.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = StreamChatHost.CreateBuilder(args, "streamchat-edge", defaultPort: 8080);
        var options = builder.Configuration.GetValidatedOptions<EdgeOptions>(EdgeOptions.Section);

        builder.Services.AddValidatedOptions<EdgeOptions>(EdgeOptions.Section);
        builder.Services.AddGateways(options);
        builder.Services.AddGatewayProxy();
        builder.Services.AddSocketDrain();

        // the proxy registers data protection, and nothing here uses it: no keys on disk, and no warnings about them
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Services.Configure<ConnectionGateOptions>(gate =>
        {
            gate.Share = ConnectionShare;
            gate.Most = gate.Wanted = options.Connections;
            gate.WantedKey = $"{EdgeOptions.Section}:{nameof(EdgeOptions.Connections)}";
        });
        builder.Services.Configure<TraceTrust>(trust => trust.Add(options.TrustedProxies));
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            // as the proxy's client: GatewayCluster.HeaderEncoding
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.Limits.MaxRequestBodySize = options.MaxBody;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);

        var app = builder.Build();
        app.UseSafeHeaders();
        app.UseForwardedAddress(options.TrustedProxies);

        // what holds without the setting, gateways decide, which know whether users must prove who they are
        app.UseHostNames(loopbackOnly: _ => false, EdgeAnswers.UnknownHostAsync);
        app.UseBodyLimit(options.MaxBody);
        app.MapStreamChatHealth();
        app.UseSocketDrain();
        app.MapGatewayProxy();
        return app;
    }
}
