using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace StreamChat.Hosting.Telemetry;

/// <summary>
/// With no exporter there is no listener, and without a listener no activity and so no trace id. This one lets requests have ids,
/// which clients are told and which logs of all services share, and records nothing else.
/// </summary>
internal sealed class TraceIdSource : IHostedService, IDisposable
{
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == "MassTransit" || source.Name.StartsWith(TelemetryRegistration.SourcePrefix, StringComparison.Ordinal),
        Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
            options.Parent == default && RequestRootSampler.IsNoRequest(options.Kind)
                ? ActivitySamplingResult.None
                : ActivitySamplingResult.PropagationData,
    };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ActivitySource.AddActivityListener(_listener);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();
}
