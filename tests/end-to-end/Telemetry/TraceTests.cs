using StreamChat.EndToEndTests.Distributed;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Telemetry;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Telemetry;

/// <summary>One trace from the edge to the tool and back, exported by OTLP from real processes.</summary>
public sealed class TraceTests(TracedStack traced) : IClassFixture<TracedStack>
{
    private const string Secret = "4711 + 4712";

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
