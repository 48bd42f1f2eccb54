using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using StreamChat.Hosting;
using StreamChat.Hosting.Health;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.UnitTests.Hosting;

/// <summary>What a host adds by OpenTelemetry's own extension methods.</summary>
public sealed class TelemetryRegistrationTests : IDisposable
{
    private readonly ActivitySource _hosts = new($"Host.{Guid.NewGuid():N}");

    public void Dispose() => _hosts.Dispose();

    [Theory]
    [InlineData("")] // without OTLP
    [InlineData("http://127.0.0.1:1")]
    public async Task A_host_adds_sources_and_exporters_and_gets_ours_too(string endpoint)
    {
        var exporter = new ListExporter();
        var builder = StreamChatHost.CreateBuilder(
            ["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None", "--Logging:LogLevel:Microsoft=None", $"--OTEL_EXPORTER_OTLP_ENDPOINT={endpoint}"], "test", defaultPort: 0);
        builder.Services.AddHealthChecks();
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
            .AddSource(_hosts.Name)
            .AddProcessor(new SimpleActivityExportProcessor(exporter)));
        await using var app = builder.Build();
        var path = $"/items/{Guid.NewGuid():N}";
        app.MapStreamChatHealth();
        app.MapGet("/items/{id}", () =>
        {
            using var work = _hosts.StartActivity("work");
            return path;
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await http.GetStringAsync("/health/ready", TestContext.Current.CancellationToken);
        await http.GetStringAsync(path, TestContext.Current.CancellationToken);

        // the span ends after its answer
        var request = await Eventually.GetAsync(() => exporter.Spans.SingleOrDefault(s => path.Equals(s.GetTagItem("url.path"))), span => span is not null);
        Assert.Equal("GET /items/{id}", request!.DisplayName);
        Assert.Equal(request.SpanId, exporter.Spans.Single(s => s.DisplayName == "work").ParentSpanId);
        Assert.DoesNotContain(exporter.Spans, s => $"{s.GetTagItem("url.path")}".StartsWith("/health", StringComparison.Ordinal));
        Assert.Equal(("test", "streamchat"), (exporter.Resource["service.name"], exporter.Resource["service.namespace"]));
    }

    private sealed class ListExporter : BaseExporter<Activity>
    {
        public ConcurrentQueue<Activity> Spans { get; } = [];

        public Dictionary<string, object> Resource => ParentProvider.GetResource().Attributes.ToDictionary();

        public override ExportResult Export(in Batch<Activity> batch)
        {
            foreach (var span in batch)
            {
                Spans.Enqueue(span);
            }

            return ExportResult.Success;
        }
    }
}
