using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using StreamChat.Hosting.Options;
using Yarp.ReverseProxy.Configuration;

namespace StreamChat.Edge.Gateways;

/// <summary>
/// Takes over changes of section <c>Edge</c> while the edge runs. A wrong one is reported and leaves things as they are. What it
/// changes about a gateway that stays does not touch the sockets open to it.
/// </summary>
internal sealed partial class GatewayListUpdater(
    IConfiguration configuration, InMemoryConfigProvider proxy, ILogger<GatewayListUpdater> logger) : IHostedService, IDisposable
{
    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = ChangeToken.OnChange(configuration.GetReloadToken, Update);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _subscription?.Dispose();

    private void Update()
    {
        try
        {
            var options = configuration.GetValidatedOptions<EdgeOptions>(EdgeOptions.Section);
            proxy.Update(GatewayCluster.Routes, GatewayCluster.Describe(options));
            LogUpdated(logger, options.Gateways.Count);
        }
        catch (Exception e) when (e is OptionsValidationException or InvalidOperationException)
        {
            LogRejected(logger, e.Message);
        }
    }

    [LoggerMessage(EventId = 6001, Level = LogLevel.Information, Message = "Configuration read again: {Count} gateways")]
    private static partial void LogUpdated(ILogger logger, int count);

    [LoggerMessage(EventId = 6002, Level = LogLevel.Error, Message = "The changed configuration is wrong and not used: {Reason}")]
    private static partial void LogRejected(ILogger logger, string reason);
}
