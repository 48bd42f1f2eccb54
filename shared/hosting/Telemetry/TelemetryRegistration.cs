using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace StreamChat.Hosting.Telemetry;

/// <summary>Traces, metrics and logs of a process.</summary>
public static class TelemetryRegistration
{
    /// <summary>The standard variable that switches export on.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Prefix of the names of all our activity sources and meters.</summary>
    public const string SourcePrefix = "StreamChat.";

    private static readonly string[] PlatformSources =
        ["MassTransit", "Microsoft.AspNetCore", "System.Net.Http", "Yarp.ReverseProxy", "Npgsql"];

    private static readonly string[] PlatformMeters =
        ["MassTransit", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql"];

    /// <summary>
    /// Exports traces, metrics and logs by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set (all <c>OTEL_*</c> variables of the
    /// SDK work). Without it nothing is recorded, but trace ids are still made and passed on.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="serviceName">Name of the service, unless <c>OTEL_SERVICE_NAME</c> gives another.</param>
    public static void AddStreamChatTelemetry(this IHostApplicationBuilder builder, string serviceName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        Activity.DefaultIdFormat = ActivityIdFormat.W3C;
        if (string.IsNullOrEmpty(builder.Configuration[EndpointVariable]))
        {
            builder.Services.AddHostedService<TraceIdSource>();
            return;
        }

        builder.Services.AddSingleton(_ => OpenTelemetrySdk.Create(sdk => sdk
            .ConfigureResource(resource => resource
                .AddService(serviceName, serviceNamespace: "streamchat", autoGenerateServiceInstanceId: true)
                .AddEnvironmentVariableDetector())
            .WithTracing(tracing => tracing
                .AddSource([.. PlatformSources, SourcePrefix + "*"])
                .SetSampler(new ParentBasedSampler(new RequestRootSampler()))
                .AddProcessor(new ProbeFilter()))
            .WithMetrics(metrics => metrics.AddMeter([.. PlatformMeters, SourcePrefix + "*"]))
            .WithLogging()
            .UseOtlpExporter()));
        builder.Services.AddHostedService<SdkLifetime>();
        builder.Services.AddSingleton<ILoggerProvider>(services =>
            new SharedLoggerProvider(services.GetRequiredService<OpenTelemetrySdk>().GetLoggerFactory()));
    }

    /// <summary>Makes the SDK before the first request; the container disposes and so flushes it.</summary>
    private sealed class SdkLifetime(OpenTelemetrySdk sdk) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(sdk);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Hands the host's log records to the SDK, which has a logger factory of its own.</summary>
    private sealed class SharedLoggerProvider(ILoggerFactory factory) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => factory.CreateLogger(categoryName);

        public void Dispose()
        {
            // the SDK owns the factory
        }
    }
}
