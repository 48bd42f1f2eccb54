using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.IO.Compression;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using StreamChat.TestSupport.Telemetry;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Telemetry;

/// <summary>That what the tests read of telemetry is what a real exporter sends.</summary>
public sealed class OtlpReceiverTests : IAsyncLifetime
{
    private static readonly ResourceBuilder Resource = ResourceBuilder.CreateEmpty().AddService("service-one");

    private OtlpReceiver _receiver = null!;

    public async ValueTask InitializeAsync() => _receiver = await OtlpReceiver.StartAsync();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Fact]
    public async Task Spans_arrive_with_ids_kind_times_status_and_attributes()
    {
        using var source = new ActivitySource($"{nameof(OtlpReceiverTests)}.spans");
        ActivityTraceId trace;
        ActivitySpanId parent;
        ActivitySpanId child;
        using (Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(Resource).AddSource(source.Name).AddOtlpExporter(o => Target(o, "v1/traces")).Build())
        {
            using var outer = source.StartActivity("outer", ActivityKind.Server)!;
            using var inner = source.StartActivity("inner", ActivityKind.Producer)!;
            (trace, parent, child) = (outer.TraceId, outer.SpanId, inner.SpanId);
            inner.SetTag("text", "Grüße").SetTag("count", -300).SetTag("yes", true).SetTag("half", 0.5).SetStatus(ActivityStatusCode.Error);
        }

        var spans = await _receiver.WaitForAsync(s => s.Count == 2);

        var root = Assert.Single(spans, s => s.Name == "outer");
        Assert.Equal(
            (trace.ToHexString(), parent.ToHexString(), "", 2, 0), (root.TraceId, root.SpanId, root.ParentSpanId, root.Kind, root.Status));
        var span = Assert.Single(spans, s => s.Name == "inner");
        Assert.Equal(
            (trace.ToHexString(), child.ToHexString(), parent.ToHexString(), 4, 2),
            (span.TraceId, span.SpanId, span.ParentSpanId, span.Kind, span.Status));
        Assert.Equal(("service-one", source.Name), (span.Service, span.Scope));
        Assert.Equal("Grüße", span.Attributes["text"]);
        Assert.Equal(-300L, span.Attributes["count"]);
        Assert.Equal(true, span.Attributes["yes"]);
        Assert.False(span.Attributes.ContainsKey("half"));
        Assert.InRange(span.Start, root.Start, span.End);
        Assert.InRange(span.End, span.Start, root.End);
    }

    [Fact]
    public async Task Metrics_arrive_with_names_and_units()
    {
        using var meter = new Meter($"{nameof(OtlpReceiverTests)}.metrics");
        using (Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resource).AddMeter(meter.Name).AddOtlpExporter(o => Target(o, "v1/metrics")).Build())
        {
            meter.CreateCounter<long>("runs", "{run}").Add(1);
        }

        var metrics = await Eventually.GetAsync(() => _receiver.Metrics, m => m.Count > 0);

        Assert.Equal(new ReceivedMetric("service-one", meter.Name, "runs", "{run}"), metrics[0]);
    }

    [Fact]
    public async Task Log_records_arrive_with_text_and_severity()
    {
        using (var factory = LoggerFactory.Create(logging => logging.AddOpenTelemetry(o =>
        {
            o.IncludeFormattedMessage = true;
            o.SetResourceBuilder(Resource).AddOtlpExporter(e => Target(e, "v1/logs"));
        })))
        {
            factory.CreateLogger("category").Log(LogLevel.Warning, default, "the sky is grey", null, (text, _) => text);
        }

        var logs = await Eventually.GetAsync(() => _receiver.Logs, l => l.Count > 0);

        Assert.Equal(new ReceivedLog("service-one", "the sky is grey", "Warning", ""), Assert.Single(logs));
    }

    [Fact]
    public async Task A_compressed_export_is_read_too()
    {
        // request > resource > scope > span > name
        var export = Convert.FromHexString("0a07120512032a0161");
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionMode.Compress, leaveOpen: true))
        {
            await gzip.WriteAsync(export, TestContext.Current.CancellationToken);
        }

        using var http = new HttpClient();
        using var body = new ByteArrayContent(compressed.ToArray()) { Headers = { ContentEncoding = { "gzip" } } };
        using var response = await http.PostAsync(new Uri(_receiver.Endpoint, "v1/traces"), body, TestContext.Current.CancellationToken);

        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal("a", Assert.Single(_receiver.Spans).Name);
    }

    [Theory]
    [InlineData("80")]
    [InlineData("0a05ff")]
    [InlineData("0bff")]
    [InlineData("08ffffffffffffffffffff01")]
    public void Bytes_that_are_no_message_are_refused(string hex) =>
        Assert.Throws<InvalidDataException>(() => OtlpReader.ReadSpans(Convert.FromHexString(hex)));

    private void Target(OtlpExporterOptions options, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(_receiver.Endpoint, path);
    }
}
