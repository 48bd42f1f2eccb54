using System.Globalization;
using System.Net;
using System.Text.Json;
using StreamChat.EndToEndTests.Distributed;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Telemetry;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Telemetry;

/// <summary>The dashboard of <c>scripts/run-distributed.sh --dashboard</c>, asked over its API for what it shows.</summary>
public sealed class DashboardTests(DashboardStack dashboard) : IClassFixture<DashboardStack>
{
    [Fact]
    public async Task The_dashboard_shows_a_question_as_one_tree_from_the_edge_to_the_tool_and_back()
    {
        Assert.SkipUnless(dashboard.CannotRun is null, $"The Aspire dashboard cannot run here: {dashboard.CannotRun}");
        string traceId;
        await using (var client = await dashboard.Stack.ConnectAsync("ada"))
        {
            var run = await client.RunAsync("What is 12 * 31?");
            Assert.Equal("372", Assert.Single(run.ToolCalls).Result);
            traceId = run.TraceId!;
        }

        // from the answer of the tool, which an agent-worker receives, up to the request at the edge
        var spans = await Eventually.GetAsync(
            () => dashboard.ReadTraceAsync(traceId),
            all => AnswerToRoot(all) is [.., { Service: "streamchat-edge", ParentSpanId: "" }] && all.All(s => s.ParentSpanId == "" || all.Any(p => p.SpanId == s.ParentSpanId)),
            TimeSpan.FromMinutes(1));
        var way = AnswerToRoot(spans);
        Assert.Equal(
            ["streamchat-agent-worker", "streamchat-tool-worker", "streamchat-agent-worker", "streamchat-gateway", "streamchat-edge"],
            way.Select(s => s.Service).Where((service, i) => i == 0 || way[i - 1].Service != service));

        var agent = way.Single(s => s.Name.StartsWith("invoke_agent ", StringComparison.Ordinal));
        Assert.Contains(spans, s => s.Name == "chat demo" && s.ParentSpanId == agent.SpanId);
        Assert.Contains(way, s => s.Name == "chat request" && s.End >= agent.End);
        Assert.Single(spans, s => s.ParentSpanId == "");
        Assert.All(spans, s => Assert.Equal(traceId, s.TraceId));
    }

    private static List<ReceivedSpan> AnswerToRoot(IReadOnlyList<ReceivedSpan> spans)
    {
        var byId = spans.ToDictionary(s => s.SpanId);
        List<ReceivedSpan> way = [];
        var next = spans.FirstOrDefault(
            s => s.Service == "streamchat-agent-worker" && byId.GetValueOrDefault(s.ParentSpanId) is { Service: "streamchat-tool-worker" });
        while (next is not null)
        {
            way.Add(next);
            next = byId.GetValueOrDefault(next.ParentSpanId);
        }

        return way;
    }
}

/// <summary>A stack of its own whose processes export to the dashboard.</summary>
public sealed class DashboardStack : IAsyncLifetime
{
    /// <summary>Exit code of the script when the package cannot be restored.</summary>
    private const int Unavailable = 69;

    // the first time, the package is downloaded
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{FreePorts.Next()}") };
    private ChildProcess? _dashboard;

    public DistributedStack Stack { get; } = new();

    /// <summary>Why there is no dashboard; null when there is one.</summary>
    public string? CannotRun { get; private set; }

    public async ValueTask InitializeAsync()
    {
        var otlpPort = FreePorts.Next();
        _dashboard = ChildProcess.Start(
            Path.Combine(RepositoryLayout.Root, "scripts", "dashboard", "run.sh"),
            [_http.BaseAddress!.Port.ToString(CultureInfo.InvariantCulture), otlpPort.ToString(CultureInfo.InvariantCulture)]);
        await Eventually.TrueAsync(async () => _dashboard.HasExited || await AnswersAsync(), StartDeadline, "the dashboard answers");
        if (_dashboard.HasExited)
        {
            await _dashboard.WaitForExitAsync(StartDeadline);
            Assert.Equal((Unavailable, _dashboard.Output), (_dashboard.ExitCode, _dashboard.Output));
            CannotRun = _dashboard.Output;
            return;
        }

        Stack.Settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{otlpPort}";
        Stack.Settings["OTEL_BSP_SCHEDULE_DELAY"] = "100";
        await Stack.InitializeAsync();
    }

    /// <summary>The spans of a trace that the dashboard has received so far.</summary>
    public async Task<IReadOnlyList<ReceivedSpan>> ReadTraceAsync(string traceId)
    {
        using var response = await _http.GetAsync(new Uri($"/api/telemetry/traces/{traceId}", UriKind.Relative));
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return [];
        }

        response.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return OtlpJson.ReadSpans(answer.RootElement.GetProperty("data"));
    }

    public async ValueTask DisposeAsync()
    {
        await Stack.DisposeAsync();
        if (_dashboard is not null)
        {
            await _dashboard.DisposeAsync();
        }

        _http.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var response = await _http.GetAsync(new Uri("/api/telemetry/traces?limit=1", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
