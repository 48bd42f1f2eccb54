using System.Net;
using StreamChat.EndToEndTests.Distributed;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Telemetry;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Telemetry;

/// <summary>One trace from the edge to the tool and back, exported by OTLP from real processes.</summary>
public sealed class TraceTests(TracedStack traced) : IClassFixture<TracedStack>
{
    private const string Secret = "4711 + 4712";

    private static readonly HttpClient Http = new();

    [Fact]
    public async Task A_request_is_one_trace_from_the_edge_to_the_tool()
    {
        var run = await AskAsync();
        var spans = await traced.Receiver.WaitForAsync(all => Path(all, run.TraceId!).LastOrDefault() is { Service: "streamchat-edge", ParentSpanId: "" });
        var path = Path(spans, run.TraceId!);

        TestContext.Current.TestOutputHelper?.WriteLine(Tree(spans.Where(s => s.TraceId == run.TraceId).ToList(), ""));

        // from the tool outwards, each the child of the next
        Assert.Equal(
            ["streamchat-tool-worker", "streamchat-agent-worker", "streamchat-gateway", "streamchat-edge"],
            path.Select(s => s.Service).Distinct());
        AssertInOrder(
            path.Select(s => $"{s.Service[11..]}: {s.Name}"),
            "tool-worker: execute_tool calculator",
            "agent-worker: execute_tool calculator",
            "agent-worker: invoke_agent Triage Agent",
            "gateway: chat request");
        Assert.Equal("", path[^1].ParentSpanId);
        Assert.All(path, s => Assert.Equal(run.TraceId, s.TraceId));

        // the model call is a child of the agent's span and follows the conventions
        var agent = path.Single(s => s.Name == "invoke_agent Triage Agent");
        var models = spans.Where(s => s.ParentSpanId == agent.SpanId && s.Name == "chat demo").ToList();
        Assert.Equal(2, models.Count);
        Assert.All(models, m => Assert.Equal(("chat", "demo", "demo"), (m.Attributes["gen_ai.operation.name"], m.Attributes["gen_ai.provider.name"], m.Attributes["gen_ai.request.model"])));
        Assert.Equal("execute_tool", path[0].Attributes["gen_ai.operation.name"]);

        // the way back: the gateway's span of the request ends after the agent's
        Assert.True(path.Single(s => s.Name == "chat request").End >= agent.End);
    }

    [Fact]
    public async Task A_later_request_on_the_socket_is_a_trace_of_its_own()
    {
        await using var client = await traced.Stack.ConnectAsync("ada");
        var first = await client.RunAsync("hello");
        var second = await client.RunAsync("hello again");
        Assert.NotEqual(first.TraceId, second.TraceId);
        await traced.Receiver.WaitForAsync(all => all.Any(s => s.TraceId == second.TraceId && s.Name == "chat request" && s.ParentSpanId == ""));
    }

    [Fact]
    public async Task Nothing_of_the_conversation_is_in_a_span_or_a_log()
    {
        var run = await AskAsync();
        await traced.Receiver.WaitForAsync(all => Path(all, run.TraceId!).LastOrDefault() is { Service: "streamchat-edge", ParentSpanId: "" });
        Assert.DoesNotContain(traced.Receiver.Spans, s => s.Name.Contains("4711", StringComparison.Ordinal) || s.Attributes.Values.Any(v => $"{v}".Contains("4711", StringComparison.Ordinal)));
        Assert.DoesNotContain(traced.Receiver.Logs, l => l.Body.Contains("4711", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_relays_batches_make_no_traces_and_the_metrics_are_there()
    {
        await AskAsync();
        string[] wanted =
        [
            "streamchat.connections.active", "streamchat.connections.closed", "streamchat.run.time_to_first_token", "streamchat.outbound.bytes",
            "streamchat.runs.ended", "streamchat.relay.batch.size", "streamchat.relay.delay", "streamchat.tool.calls",
        ];
        await Eventually.GetAsync(() => wanted.Except(traced.Receiver.Metrics.Select(m => m.Name)).ToList(), missing => missing.Count == 0);
        Assert.DoesNotContain(traced.Receiver.Spans, s => s.ParentSpanId == "" && s.Scope == "MassTransit");
    }

    [Fact]
    public async Task A_server_span_has_the_route_in_its_name_and_the_status_of_the_answer()
    {
        var run = await AskAsync();
        await GetAsync(traced.Stack.Edge, "/api/v1/threads/unknown/messages?user_id=ada");
        var spans = await traced.Receiver.WaitForAsync(all => Path(all, run.TraceId!).LastOrDefault() is { Service: "streamchat-edge", ParentSpanId: "" }
            && all.Count(s => IsServer(s) && $"{s.Attributes.GetValueOrDefault("url.path")}" == "/api/v1/threads/unknown/messages") == 2);

        var handshakes = Path(spans, run.TraceId!).Where(IsServer).ToList();
        Assert.Equal(
            [("streamchat-gateway", "GET /ws/v1", "/ws/v1", 101L), ("streamchat-edge", "GET /{**path}", "/{**path}", 101L)],
            handshakes.Select(s => (s.Service, s.Name, s.Attributes["http.route"], s.Attributes["http.response.status_code"])));
        Assert.Equal(
            [("streamchat-edge", "GET /{**path}", 404L), ("streamchat-gateway", "GET /api/v1/threads/{threadId}/messages", 404L)],
            spans.Where(s => IsServer(s) && (string)s.Attributes["url.path"] == "/api/v1/threads/unknown/messages")
                .Select(s => (s.Service, s.Name, s.Attributes["http.response.status_code"])).Order());
    }

    [Fact]
    public async Task No_health_check_makes_a_trace()
    {
        foreach (var process in traced.Stack.Processes)
        {
            foreach (var path in (string[])["/health/live", "/health/ready", "/health/ready?verbose=1", "/health/ready/", "/HEALTH/Live", "/health", "/ws/health", "/api/v1/health"])
            {
                await GetAsync(process, path);
            }
        }

        // one span of each process that is exported after those of its health checks would be
        var last = $"/after-checks-of-health/{Guid.NewGuid():N}";
        foreach (var process in traced.Stack.Processes)
        {
            await GetAsync(process, last + process.BaseAddress.Port);
        }

        var spans = await traced.Receiver.WaitForAsync(all => traced.Stack.Processes.All(process => all.Any(
            s => s.Service == $"streamchat-{process.Service}" && $"{s.Attributes.GetValueOrDefault("url.path")}" == last + process.BaseAddress.Port)));

        Assert.Equal(6, traced.Stack.Processes.Count);
        Assert.DoesNotContain(spans, s => s.Attributes.Any(
            a => a.Key is "url.path" or "url.full" or "http.route" && $"{a.Value}".Contains("/health", StringComparison.OrdinalIgnoreCase)));

        // every trace begins with a request of a client, and no span of another one lost its parent
        Assert.All(spans.Where(s => s.ParentSpanId == ""), s => Assert.True(IsServer(s) || s.Name == "chat request", $"{s.Service} {s.Scope} {s.Name}"));
    }

    [Fact]
    public async Task No_value_of_a_query_is_in_a_span()
    {
        const string Canary = "cAnArY";
        var path = $"/query/{Guid.NewGuid():N}";
        await GetAsync(traced.Stack.Edge, $"{path}?access_token={Canary}1&token={Canary}2&user_id={Canary}3&text={Canary}%204&flag");
        var spans = await traced.Receiver.WaitForAsync(
            all => all.Count(s => IsServer(s) && $"{s.Attributes.GetValueOrDefault("url.path")}" == path) == 2);

        Assert.All(
            spans.Where(s => IsServer(s) && (string)s.Attributes["url.path"] == path),
            s => Assert.StartsWith("?user_id=Redacted&text=Redacted", $"{s.Attributes["url.query"]}", StringComparison.Ordinal));
        Assert.DoesNotContain(spans, s => s.Name.Contains(Canary, StringComparison.Ordinal) || s.Attributes.Values.Any(v => $"{v}".Contains(Canary, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_export_writes_no_log_lines_about_its_own_request()
    {
        // spans of every process have arrived, so each has exported
        await AskAsync();
        await traced.Receiver.WaitForAsync(all => traced.Stack.Processes.All(process => all.Any(s => s.Service == $"streamchat-{process.Service}")));
        Assert.All(traced.Stack.Processes, process => Assert.Contains("Now listening on", process.Process.Output, StringComparison.Ordinal));
        Assert.All(traced.Stack.Processes, process => Assert.DoesNotContain("System.Net.Http.HttpClient", process.Process.Output, StringComparison.Ordinal));
    }

    private static bool IsServer(ReceivedSpan span) => span is { Kind: 2, Scope: "Microsoft.AspNetCore" };

    private static async Task GetAsync(ServiceProcess process, string path)
    {
        using var response = await Http.GetAsync(new Uri(process.BaseAddress, path), TestContext.Current.CancellationToken);
        Assert.NotEqual(HttpStatusCode.BadGateway, response.StatusCode);
    }

    private async Task<Transcript> AskAsync()
    {
        await using var client = await traced.Stack.ConnectAsync("ada");
        var run = await client.RunAsync($"What is {Secret}?");
        Assert.Equal("9423", Assert.Single(run.ToolCalls).Result);
        return run;
    }

    /// <summary>From the tool-worker's tool span of a trace up to its root.</summary>
    private static List<ReceivedSpan> Path(IReadOnlyList<ReceivedSpan> spans, string traceId)
    {
        var byId = spans.Where(s => s.TraceId == traceId).GroupBy(s => s.SpanId).ToDictionary(g => g.Key, g => g.First());
        List<ReceivedSpan> path = [];
        var next = byId.Values.FirstOrDefault(s => s is { Service: "streamchat-tool-worker", Name: "execute_tool calculator" });
        while (next is not null)
        {
            path.Add(next);
            next = byId.GetValueOrDefault(next.ParentSpanId);
        }

        return path;
    }

    /// <summary>The trace as a person reads it, for the test's output.</summary>
    private static string Tree(IReadOnlyList<ReceivedSpan> spans, string parent, string indent = "") => string.Concat(spans
        .Where(s => s.ParentSpanId == parent)
        .OrderBy(s => s.Start)
        .Select(s => $"{indent}{s.Service[11..]}: {s.Name} ({(s.End - s.Start) / 1e6:0.0} ms)\n{Tree(spans, s.SpanId, indent + "  ")}"));

    private static void AssertInOrder(IEnumerable<string> actual, params string[] expected)
    {
        var names = actual.ToList();
        Assert.Equal(expected, names.Where(expected.Contains));
    }
}

/// <summary>A stack of its own whose processes export to a receiver in the test.</summary>
public sealed class TracedStack : IAsyncLifetime
{
    public OtlpReceiver Receiver { get; private set; } = null!;

    public DistributedStack Stack { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Receiver = await OtlpReceiver.StartAsync();
        foreach (var (key, value) in Receiver.Environment)
        {
            Stack.Settings[key] = value;
        }

        await Stack.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Stack.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}
