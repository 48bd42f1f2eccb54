using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Work;
using StreamChat.TestSupport.Time;
using StreamChat.TestSupport.Waiting;
using StreamChat.ToolWorker;
using StreamChat.ToolWorker.BuiltIn.Calculator;
using StreamChat.ToolWorker.BuiltIn.Time;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.UnitTests.ToolWorker;

public sealed class ToolInvokerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MemoryStore _store = new();
    private readonly AbandonedWork _abandoned;

    public ToolInvokerTests() =>
        _abandoned = new AbandonedWork(_services.GetRequiredService<IMeterFactory>(), Options.Create(new WorkOptions { Abandoned = 2 }), _time, NullLogger<AbandonedWork>.Instance);

    public void Dispose()
    {
        _services.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task A_result_keeps_its_json_type_and_every_digit()
    {
        var result = await CallAsync("calculator", """{"expression":"10^40 + 0.5"}""", CalculatorTool.Create());

        Assert.Null(result.Error);
        Assert.Equal(JsonValueKind.Number, result.Result!.Value.ValueKind);
        Assert.Equal("1" + new string('0', 40) + ".5", result.Result.Value.GetRawText());
        Assert.Equal("call-1", result.ToolCallId);
    }

    [Theory]
    [InlineData("{}", "Missing parameter 'expression'.")]
    [InlineData("null", "Missing parameter 'expression'.")]
    [InlineData("""{"expression":null}""", "Parameter 'expression' must be a JSON string.")]
    [InlineData("""{"expression":5}""", "Parameter 'expression' must be a JSON string.")]
    [InlineData("""{"expr":"1"}""", "Unknown parameter 'expr'. The tool takes: 'expression'.")]
    [InlineData("[1]", "The arguments must be a JSON object.")]
    [InlineData("""{"expression":"1 / 0"}""", "Division by zero. (position 3)")]
    public async Task A_wrong_argument_is_named(string arguments, string error)
    {
        var result = await CallAsync("calculator", arguments, CalculatorTool.Create());

        Assert.Equal(error, result.Error);
        Assert.Null(result.Result);
    }

    [Fact]
    public async Task Null_for_an_optional_parameter_counts_as_absent()
    {
        var result = await CallAsync("current_time", """{"time_zone":null}""", CurrentTimeTool.Create(_time));

        Assert.Equal("UTC", result.Result!.Value.GetProperty("time_zone").GetString());
    }

    [Fact]
    public async Task An_unknown_tool_is_answered()
    {
        Assert.Equal("Tool not found: nothing", (await CallAsync("nothing", "{}", CalculatorTool.Create())).Error);
    }

    [Fact]
    public async Task Only_a_tool_exception_speaks_to_the_model()
    {
        var telling = Runs(() => throw new ToolException("Try tomorrow."));
        var leaking = Runs(() => throw new InvalidOperationException("secret"));

        Assert.Equal("Try tomorrow.", (await CallAsync("test", "{}", telling)).Error);
        Assert.Equal("The tool failed.", (await CallAsync("test", "{}", leaking)).Error);
    }

    [Fact]
    public async Task A_cancellation_of_the_tools_own_is_a_failure()
    {
        Assert.Equal("The tool failed.", (await CallAsync("test", "{}", Runs(() => throw new OperationCanceledException()))).Error);
    }

    [Theory]
    [InlineData(2.5, 60, "2.5")] // the caller's is shorter
    [InlineData(60, 3, "3")] // the tool's is shorter
    public async Task A_tool_that_ignores_its_token_is_left_at_the_deadline(double callSeconds, double toolSeconds, string shown)
    {
        TaskCompletionSource never = new();
        TaskCompletionSource entered = new();
        var tool = new Tool(AIFunctionFactory.Create(() => Enter(entered, never.Task), "test"), TimeSpan.FromSeconds(toolSeconds), true);
        var call = CallAsync("test", "{}", tool, TimeSpan.FromSeconds(callSeconds));
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);

        _time.Advance(TimeSpan.FromSeconds(Math.Min(callSeconds, toolSeconds)) - TimeSpan.FromMilliseconds(1));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal($"The tool did not answer within {shown} s.", (await call).Error);
    }

    [Fact]
    public async Task A_tool_that_blocks_its_thread_is_left_at_the_deadline()
    {
        using ManualResetEventSlim release = new();
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var tool = Runs(() =>
        {
            entered.SetResult();
            release.Wait(TestContext.Current.CancellationToken);
            return 1;
        });
        var call = CallAsync("test", "{}", tool);
        await entered.Task;
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("The tool did not answer within 5 s.", (await call).Error);
        release.Set();
    }

    [Fact]
    public async Task Tools_that_never_return_are_counted_and_no_more_are_called_at_the_bound()
    {
        using ManualResetEventSlim release = new();
        using SemaphoreSlim entered = new(0);
        var tool = Runs(() =>
        {
            entered.Release();
            release.Wait(CancellationToken.None);
            return 1;
        });
        for (var calls = 1; calls <= 2; calls++)
        {
            var call = CallAsync("test", "{}", tool);
            await entered.WaitAsync(TestContext.Current.CancellationToken);
            _time.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal("The tool did not answer within 5 s.", (await call).Error);
            Assert.Equal(calls - 1, _abandoned.Count);
            _time.Advance(new WorkOptions().StopTime);
            await Eventually.TrueAsync(() => _abandoned.Count == calls);
        }

        Assert.Equal(HealthStatus.Unhealthy, (await _abandoned.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken)).Status);
        Assert.Equal("Tools are overloaded at the moment. Try again later.", (await CallAsync("test", "{}", Runs(() => 1))).Error);

        release.Set();
        await Eventually.TrueAsync(() => _abandoned.Count == 0);
        Assert.Equal(HealthStatus.Healthy, (await _abandoned.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken)).Status);
        Assert.Null((await CallAsync("test", "{}", Runs(() => 1))).Error);
    }

    [Fact]
    public async Task A_call_whose_time_is_over_is_answered()
    {
        var never = AIFunctionFactory.Create(() => new TaskCompletionSource().Task, "test");
        var result = await CallAsync("test", "{}", new Tool(never, TimeSpan.FromSeconds(5), true), TimeSpan.FromSeconds(-1));

        Assert.Equal("The tool did not answer within 0 s.", result.Error);
    }

    [Fact]
    public async Task A_stop_of_the_process_is_answered()
    {
        using CancellationTokenSource stop = new();
        TaskCompletionSource entered = new();
        var tool = new Tool(AIFunctionFactory.Create(() => Enter(entered, new TaskCompletionSource().Task), "test"), TimeSpan.FromSeconds(5), true);
        var call = Invoker(tool).InvokeAsync(Call("test", "{}", TimeSpan.FromSeconds(60)), stop.Token);
        await entered.Task;
        await stop.CancelAsync();

        Assert.Equal("The tool was stopped before it answered.", (await call).Error);
    }

    [Fact]
    public async Task The_size_of_a_result_is_counted_in_bytes()
    {
        // two quotes, and three bytes a character
        Assert.Null((await CallAsync("test", "{}", Raw(new string('文', 20) + "ab"), maxResultBytes: 64)).Error);
        Assert.Equal(
            "The tool's result is too large: 65 bytes, where 64 are allowed.",
            (await CallAsync("test", "{}", Raw(new string('文', 20) + "abc"), maxResultBytes: 64)).Error);
    }

    [Fact]
    public async Task Made_up_names_do_not_become_time_series()
    {
        List<(string? Tool, string? Outcome)> seen = [];
        var factory = _services.GetRequiredService<IMeterFactory>();
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "streamchat.tool.calls" && ReferenceEquals(instrument.Meter.Scope, factory))
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
            seen.Add((tags.ToArray().First(t => t.Key == "tool").Value as string, tags.ToArray().First(t => t.Key == "outcome").Value as string)));
        listener.Start();

        var invoker = Invoker(CalculatorTool.Create());
        await invoker.InvokeAsync(Call("made_up", "{}", TimeSpan.FromSeconds(1)), CancellationToken.None);
        await invoker.InvokeAsync(Call("calculator", """{"expression":"1"}""", TimeSpan.FromSeconds(1)), CancellationToken.None);

        Assert.Equal([("_OTHER", "not_found"), ("calculator", "ok")], seen);
    }

    [Fact]
    public void Two_tools_of_one_name_are_refused() =>
        Assert.Throws<InvalidOperationException>(() => new ToolRegistry([CalculatorTool.Create(), CalculatorTool.Create()]));

    private static async Task Enter(TaskCompletionSource entered, Task wait)
    {
        entered.SetResult();
        await wait;
    }

    private static Tool Runs(Func<int> run) => new(AIFunctionFactory.Create(run, "test"), TimeSpan.FromSeconds(5), SafeToRepeat: true);

    private static Tool Raw(string text) =>
        Tool.OfJson(() => JsonElement.Parse($"\"{text}\""), "test", "", TimeSpan.FromSeconds(5));

    private static CallTool Call(string name, string arguments, TimeSpan timeout) => new()
    {
        RunId = Guid.Empty,
        ToolCallId = "call-1",
        Name = name,
        Arguments = JsonElement.Parse(arguments),
        UserId = "user",
        ThreadId = "thread",
        WorkerId = "worker",
        Timeout = timeout,
    };

    private Task<ToolResult> CallAsync(string name, string arguments, Tool tool, TimeSpan? timeout = null, int maxResultBytes = 65536) =>
        Invoker(tool, maxResultBytes).InvokeAsync(Call(name, arguments, timeout ?? TimeSpan.FromSeconds(60)), TestContext.Current.CancellationToken);

    private ToolInvoker Invoker(Tool tool, int maxResultBytes = 65536)
    {
        var options = Options.Create(new ToolWorkerOptions { MaxResultBytes = maxResultBytes });
        var metrics = new ToolMetrics(_services.GetRequiredService<IMeterFactory>());
        var progress = new ProgressSender(new ListTransport(), options, metrics, _time, NullLogger<ProgressSender>.Instance);
        return new ToolInvoker(
            new ToolRegistry([tool]), new DirectCalls(Options.Create(new DirectCallOptions())), _store.Ledger(_time), options, metrics, progress, _abandoned, _time, NullLogger<ToolInvoker>.Instance);
    }
}
