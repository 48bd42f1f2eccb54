using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Http;

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
        if (!options.Value.Required && addresses.FirstOrDefault(a => !Listeners.IsLoopback(a)) is { } address)
        {
            LogOpen(address);
        }
        else if (options.Value.Required && !keys.IsShared)
        {
            LogOwnKeys();
        }

        if (!options.Value.Required && options.Value.Origins.FirstOrDefault(o => o is OriginRule.Any or "null") is { } origin)
        {
            LogAnyPage(origin);
        }

        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1802, LogLevel.Warning, "Auth:Mode is 'open' and {Address} can be reached from outside: whoever connects is believed to be who they say.")]
    private partial void LogOpen(string address);

    [LoggerMessage(1803, LogLevel.Warning, "Auth:KeysPath is not set: access tokens are good for this gateway alone, and until it stops.")]
    private partial void LogOwnKeys();

    [LoggerMessage(1860, LogLevel.Warning, "Auth:Mode is 'open' and Auth:Origins contains '{Origin}': any web page that somebody on this network opens can use this server. List the origins of your pages instead.")]
    private partial void LogAnyPage(string origin);
}
