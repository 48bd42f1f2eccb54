using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Auth;

/// <summary>At the start: has the keys ready, and warns of what is not safe.</summary>
internal sealed partial class AuthStart(KeyRing keys, IServer server, IOptions<AuthOptions> options, ILogger<AuthStart> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Required)
        {
            await keys.PrepareAsync(cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // the addresses are known only now
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        if (!options.Value.Required && addresses.FirstOrDefault(a => !IsLoopback(a)) is { } address)
        {
            LogOpen(address);
        }
        else if (options.Value.Required && !keys.IsShared)
        {
            LogOwnKeys();
        }

        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Whether only programs on this machine reach an address that the server listens on.</summary>
    public static bool IsLoopback(string address)
    {
        var host = BindingAddress.Parse(address).Host.Trim('[', ']');
        return host == "localhost" || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));
    }

    [LoggerMessage(1502, LogLevel.Warning, "Auth:Mode is 'open' and {Address} can be reached from outside: whoever connects is believed to be who they say.")]
    private partial void LogOpen(string address);

    [LoggerMessage(1503, LogLevel.Warning, "Auth:KeysPath is not set: access tokens are good for this gateway alone, and until it stops.")]
    private partial void LogOwnKeys();
}
