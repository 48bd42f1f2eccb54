using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using StreamChat.Hosting.Health;

namespace StreamChat.Hosting.Telemetry;

/// <summary>Traces, metrics and logs of a process.</summary>
public static class TelemetryRegistration
{
    /// <summary>The standard variable that switches export on.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Prefix of the names of all our activity sources and meters.</summary>
    public const string SourcePrefix = "StreamChat.";

    // Microsoft.AspNetCore comes with its instrumentation
    private static readonly string[] PlatformSources = ["MassTransit", "System.Net.Http", "Yarp.ReverseProxy", "Npgsql"];

    private static readonly string[] PlatformMeters =
        ["MassTransit", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql"];

    // the names by which the OTLP exporter asks IHttpClientFactory for its clients
    private static readonly string[] ExporterClients = ["OtlpTraceExporter", "OtlpMetricExporter", "OtlpLogExporter"];

    /// <summary>
    /// Registers OpenTelemetry with the sources, meters and the resource of this process. Exports traces, metrics and logs by OTLP when
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set (all <c>OTEL_*</c> variables of the SDK work). A host adds exporters, sources and meters of its own by
    /// <c>builder.Services.AddOpenTelemetry().WithTracing(…)</c> and its like, with or without that variable. Without any exporter nothing is
    /// recorded, but trace ids are still made and passed on.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="serviceName">Name of the service, unless <c>OTEL_SERVICE_NAME</c> gives another.</param>
    public static void AddStreamChatTelemetry(this IHostApplicationBuilder builder, string serviceName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        Activity.DefaultIdFormat = ActivityIdFormat.W3C;
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource
            .AddService(serviceName, serviceNamespace: "streamchat", autoGenerateServiceInstanceId: true)
            .AddEnvironmentVariableDetector());

        // these take effect once somebody asks for traces or metrics: here with an endpoint, else the host
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing
            .AddSource([.. PlatformSources, SourcePrefix + "*"])
            .AddAspNetCoreInstrumentation(requests => requests.Filter = context => !HealthEndpoints.IsHealthCheck(context.Request.Path))
            .SetSampler(new ParentBasedSampler(new RequestRootSampler())));
        builder.Services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddMeter([.. PlatformMeters, SourcePrefix + "*"]));
        if (string.IsNullOrEmpty(builder.Configuration[EndpointVariable]))
        {
            builder.Services.AddHostedService<TraceIdSource>();
            return;
        }

        telemetry.UseOtlpExporter();
        foreach (var client in ExporterClients)
        {
            // otherwise each export would write log lines about its own request
            builder.Services.AddHttpClient(client).RemoveAllLoggers();
        }
    }
}
