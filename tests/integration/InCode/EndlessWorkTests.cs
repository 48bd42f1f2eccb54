using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using StreamChat.AgentWorker;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Agents.Guardrails;
using StreamChat.Hosting.Work;
using StreamChat.IntegrationTests.Agents;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;
using StreamChat.ToolWorker.Tools;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.InCode;

/// <summary>A model, a guardrail or a tool that computes without ever awaiting: its run ends, everybody else is answered, and the operator sees it.</summary>
public sealed class EndlessWorkTests(RabbitMqServer broker) : IDisposable
{
    private const string Endless = "endless";

    private readonly ManualResetEventSlim _release = new();
    private readonly LogCapture _logs = new();
    private int _entered;

    public void Dispose() => _release.Set();

    [Theory]
    [InlineData(0)] // before its first word
    [InlineData(3)] // in the middle of its answer
    public async Task A_model_that_never_awaits_is_abandoned_at_a_cancel(int words)
    {
        await using var service = await StartAsync(Model(words));
        await using var client = await service.ConnectAsync("ada");
        await using var other = await service.ConnectAsync("bob");
        var run = new Transcript(await client.StartAsync(Endless));
        await client.ReadUntilAsync(run, () => run.Text.Length == words);
        await Eventually.TrueAsync(() => Volatile.Read(ref _entered) == 1);
        await AnswersAsync(other);
        await client.SendAsync(JsonSerializer.Serialize(new { type = "cancel", runId = run.RunId }));
        await client.ReadToEndAsync(run);

        Assert.Equal(("RUN_ERROR", "cancelled", words), (run.End, run.Code, run.Text.Length));
        await AnswersAsync(other);
        await EndsOnceAsync(service, run.RunId, "2950 Run");

        // the thread is free again, with what was said
        Assert.Equal("RUN_FINISHED", (await client.RunAsync("hello")).End);
    }

    [Fact]
    public async Task A_model_that_never_awaits_is_abandoned_when_its_time_is_over()
    {
        await using var service = await StartAsync(Model(2), ("Limits:Run:WallTime", "00:00:01"));
        await using var client = await service.ConnectAsync("ada");
        var run = await client.RunAsync(Endless);

        Assert.Equal(("RUN_ERROR", "limit_reached", 2), (run.End, run.Code, run.Text.Length));
        await EndsOnceAsync(service, run.RunId, "2950 Run");
    }

    [Fact]
    public async Task A_model_from_elsewhere_that_never_begins_fails_by_its_own_deadline()
    {
        await using var service = await StartAsync(
            new ScriptedModel((_, _) => new[] { Text("unused") }.ToAsyncEnumerable()),
            services => services.AddModel("endless", _ => Model(0)),
            ("Model:FirstTokenTimeout", "00:00:00.3"), ("Model:Attempts", "1"));
        await using var client = await service.ConnectAsync("ada");
        var run = new Transcript(Guid.CreateVersion7());
        await client.SendAsync(JsonSerializer.Serialize(
            new { type = "run", runId = run.RunId, model = "endless", messages = new[] { new { role = "user", content = Endless } } }));
        await client.ReadToEndAsync(run);

        Assert.Equal(("RUN_ERROR", "model_timeout"), (run.End, run.Code));
        await EndsOnceAsync(service, run.RunId, "2953 Model");
    }

    [Fact]
    public async Task A_guardrail_that_never_awaits_fails_the_run_in_time()
    {
        await using var service = await StartAsync(
            Model(0),
            services => services.AddSingleton<Func<int>>(Block).AddInputGuardrail<EndlessGuardrail>("slow"),
            ("Guardrails:Timeout", "00:00:00.3"), ("Agents:Team:triage:InputGuardrails:0", "slow"));
        await using var client = await service.ConnectAsync("ada");
        await using var other = await service.ConnectAsync("bob");
        var run = await client.RunAsync(Endless);

        Assert.Equal(("RUN_ERROR", "unavailable"), (run.End, run.Code));
        await AnswersAsync(other);
        await EndsOnceAsync(service, run.RunId, "2952 Guardrail");
    }

    [Fact]
    public async Task A_tool_that_never_awaits_is_an_error_that_the_model_sees()
    {
        var tool = new Tool(AIFunctionFactory.Create(Block, "block"), TimeSpan.FromSeconds(0.5), SafeToRepeat: true);
        var model = new ScriptedModel((messages, _) => new[] { Say(messages[^1]) }.ToAsyncEnumerable());
        await using var service = await WholeService.StartAsync(
            await broker.CreateVirtualHostAsync(), model, [tool], store: null, _logs, ("Limits:Work:StopTime", "00:00:00.2"));
        await using var client = await service.ConnectAsync("ada");
        await using var other = await service.ConnectAsync("bob");
        await Eventually.TrueAsync(() => service.Services.GetRequiredService<ToolCatalog>().Current().Tools.ContainsKey("block"));
        var run = await client.RunAsync(Endless);

        Assert.Equal(("RUN_FINISHED", "Error: The tool did not answer within 0.5 s."), (run.End, run.Text));
        await AnswersAsync(other);
        await EndsOnceAsync(service, run.RunId, "3950 Tool");

        static ChatResponseUpdate Say(ChatMessage last) => last.Role == ChatRole.Tool
            ? Text(last.Contents.OfType<FunctionResultContent>().Single().Result?.ToString() ?? "")
            : last.Text == Endless ? Call("1", "block") : Text("Hello.");
    }

    [Fact]
    public async Task A_rule_that_takes_too_long_ends_its_run_and_nothing_else()
    {
        var model = new ScriptedModel((messages, _) => messages[^1].Text == Endless ? throw new RegexMatchTimeoutException("text", "pattern", RegexTimeout.Default) : new[] { Text("Hello.") }.ToAsyncEnumerable());
        await using var service = await StartAsync(model);
        await using var client = await service.ConnectAsync("ada");
        var run = await client.RunAsync(Endless);

        Assert.Equal(("RUN_ERROR", "model_error"), (run.End, run.Code));
        await AnswersAsync(client);
        Assert.Single(_logs.Lines, l => l.StartsWith("Warning 2002", StringComparison.Ordinal) && l.Contains(nameof(RegexMatchTimeoutException), StringComparison.Ordinal));
    }

    private static async Task AnswersAsync(NativeClient client)
    {
        var run = await client.RunAsync("hi");
        Assert.Equal(("RUN_FINISHED", "Hello."), (run.End, run.Text));
    }

    private int Block()
    {
        Interlocked.Increment(ref _entered);
        _release.Wait(CancellationToken.None);
        return 0;
    }

    private ScriptedModel Model(int words)
    {
        return new ScriptedModel((messages, _) => messages[^1].Text == Endless ? Say() : new[] { Text("Hello.") }.ToAsyncEnumerable());

        async IAsyncEnumerable<ChatResponseUpdate> Say()
        {
            for (var i = 0; i < words; i++)
            {
                yield return Text("x");
            }

            Block();
            await Task.CompletedTask;
        }
    }

    /// <summary>The abandoned computation is counted and logged once until it returns, and the run has one end, once in the store and for good.</summary>
    private async Task EndsOnceAsync(WholeService service, Guid runId, string logged)
    {
        var abandoned = service.Services.GetRequiredService<AbandonedWork>();
        await Eventually.TrueAsync(() => abandoned.Count == 1);
        await Eventually.TrueAsync(() => _logs.Lines.Count(l => l.StartsWith($"Warning {logged}", StringComparison.Ordinal)) == 1);
        Assert.Equal(1, Volatile.Read(ref _entered));
        Assert.Equal(1, await service.QueryAsync($"select count(*) from runs where outcome is not null and attempt = 1 and run_id = '{runId}'"));
        _release.Set();
        await Eventually.TrueAsync(() => abandoned.Count == 0);
        Assert.Equal(1, Volatile.Read(ref _entered));
    }

    private Task<WholeService> StartAsync(ScriptedModel model, params (string Key, string Value)[] settings) => StartAsync(model, _ => { }, settings);

    private async Task<WholeService> StartAsync(ScriptedModel model, Action<IServiceCollection> add, params (string Key, string Value)[] settings) =>
        await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), model, add, _logs, [.. settings, ("Limits:Work:StopTime", "00:00:00.2")]);

    private sealed class EndlessGuardrail(Func<int> block) : IInputGuardrail
    {
        public Task<GuardrailVerdict> CheckAsync(GuardrailInput input, CancellationToken cancellationToken)
        {
            if (input.Text == Endless)
            {
                block();
            }

            return Task.FromResult(new GuardrailVerdict(true, ""));
        }
    }
}
