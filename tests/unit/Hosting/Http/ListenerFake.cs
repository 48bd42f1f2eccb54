using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using StreamChat.Hosting.Http;

namespace StreamChat.UnitTests.Hosting.Http;

/// <summary>A server that says it listens on the given addresses, and requests that came in by them.</summary>
internal sealed class ListenerFake : IServer, IServerAddressesFeature, IHostApplicationLifetime
{
    public const int Port = 8080;

    private ListenerFake(string[] addresses)
    {
        Addresses = [.. addresses];
        Features.Set<IServerAddressesFeature>(this);
    }

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public ICollection<string> Addresses { get; }

    public bool PreferHostingUrls { get; set; }

    public CancellationToken ApplicationStarted => new(canceled: true);

    public CancellationToken ApplicationStopping => default;

    public CancellationToken ApplicationStopped => default;

    public static Listeners On(params string[] addresses)
    {
        var fake = new ListenerFake(addresses);
        return new Listeners(fake, fake);
    }

    public static DefaultHttpContext Request(string localAddress = "127.0.0.1", int localPort = Port, string host = "localhost:8080")
    {
        var context = new DefaultHttpContext();
        context.Connection.LocalIpAddress = IPAddress.Parse(localAddress);
        context.Connection.LocalPort = localPort;
        context.Request.Host = new HostString(host);
        return context;
    }

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void StopApplication()
    {
    }

    public void Dispose()
    {
    }
}
