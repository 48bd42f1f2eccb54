using System.Collections.Concurrent;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.TestSupport.Telemetry;

/// <summary>A collector of telemetry: OTLP over HTTP with protobuf bodies, gzip or not, kept in memory.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();
    private readonly ConcurrentQueue<ReceivedMetric> _metrics = new();
    private readonly ConcurrentQueue<ReceivedLog> _logs = new();
    private readonly WebApplication _app;

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/v1/traces", request => KeepAsync(request, body => OtlpReader.ReadSpans(body), _spans));
        _app.MapPost("/v1/metrics", request => KeepAsync(request, body => OtlpReader.ReadMetrics(body), _metrics));
        _app.MapPost("/v1/logs", request => KeepAsync(request, body => OtlpReader.ReadLogs(body), _logs));
    }

    /// <summary>What to give to <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    public Uri Endpoint => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>The variables that have a process export here, soon after each event.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Endpoint.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    /// <summary>The spans received so far.</summary>
    public IReadOnlyList<ReceivedSpan> Spans => [.. _spans];

    /// <summary>The metrics received so far; one that is exported again stands here again.</summary>
    public IReadOnlyList<ReceivedMetric> Metrics => [.. _metrics];

    /// <summary>The log records received so far.</summary>
    public IReadOnlyList<ReceivedLog> Logs => [.. _logs];

    /// <summary>Starts one on a free port.</summary>
    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Waits until the spans are as awaited, and returns them.</summary>
    /// <exception cref="TimeoutException">They did not come; the message names those that did.</exception>
    public async Task<IReadOnlyList<ReceivedSpan>> WaitForAsync(Func<IReadOnlyList<ReceivedSpan>, bool> predicate, TimeSpan? deadline = null)
    {
        try
        {
            return await Eventually.GetAsync(() => Spans, predicate, deadline, "spans");
        }
        catch (TimeoutException e)
        {
            var seen = string.Join('\n', Spans.Select(s => $"{s.TraceId} {s.ParentSpanId,16} > {s.SpanId} {s.Service} {s.Scope} {s.Name}"));
            throw new TimeoutException($"The awaited spans did not come. Seen:\n{seen}", e);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task KeepAsync<T>(HttpContext context, Func<byte[], IReadOnlyList<T>> read, ConcurrentQueue<T> kept)
    {
        using var body = new MemoryStream();
        if (context.Request.Headers.ContentEncoding == "gzip")
        {
            await using var gzip = new GZipStream(context.Request.Body, CompressionMode.Decompress);
            await gzip.CopyToAsync(body, context.RequestAborted);
        }
        else
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }

        foreach (var item in read(body.ToArray()))
        {
            kept.Enqueue(item);
        }

        // an empty message: everything was accepted
        context.Response.ContentType = "application/x-protobuf";
    }
}
