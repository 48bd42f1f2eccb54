using System.Net;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using StreamChat.AgentWorker;
using StreamChat.AgentWorker.Agents;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Models;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.InCode;

/// <summary>Models and tools that a host hands over in code, from the client's socket on.</summary>
public sealed class InCodeTests(RabbitMqServer broker)
{
    [Fact]
    public async Task The_documented_sample_answers_with_the_kernels_model_and_calls_its_functions()
    {
        var kernel = KernelInAHost.Create("desk");
        await using var service = await StartAsync(
            services =>
            {
                KernelInAHost.AddAgentSide(services, kernel);
                KernelInAHost.AddToolSide(services, kernel);
            },
            ("Model:Provider", "custom"), ("Model:Name", "kernel"));
        await Eventually.TrueAsync(() => service.Services.GetRequiredService<ToolCatalog>().Current().Tools.ContainsKey("lights_turn_on"));
        Assert.False(service.Services.GetRequiredService<ToolCatalog>().Current().Tools["lights_turn_on"].SafeToRepeat);
        await using var client = await service.ConnectAsync("ada");
        var (run, last) = await AskAsync(client, model: null);

        Assert.Equal("RUN_FINISHED", run.End);
        Assert.Equal("The kernel says: desk is on for ada", run.Text);
        var result = last.GetProperty("result");
        Assert.Equal(("kernel-provider", "kernel"), (result.GetProperty("provider").GetString(), result.GetProperty("model").GetString()));
    }

    [Fact]
    public async Task A_connector_of_Semantic_Kernel_is_a_model_that_calls_functions_in_pieces()
    {
        await using var provider = await ModelServer.StartAsync(
            OpenAIScripts.Answer(
                OpenAIScripts.Call(0, "c1", "lights_turn_on", "{\"la"), OpenAIScripts.More(0, "mp\":\"de"), OpenAIScripts.More(0, "sk\"}"),
                OpenAIScripts.Call(1, "c2", "lights_turn_on"), OpenAIScripts.More(1, "{\"lamp\":\"hall\"}"),
                OpenAIScripts.Finish("tool_calls")),
            OpenAIScripts.Text("Both are", " on."));
        var builder = Kernel.CreateBuilder().AddOpenAIChatCompletion("gpt", new Uri(provider.Address, "v1"), "key");
        builder.Plugins.AddFromType<LightsPlugin>("lights");
        var kernel = builder.Build();
        await using var service = await StartAsync(services =>
        {
            KernelInAHost.AddConnectorSide(services, kernel);
            KernelInAHost.AddToolSide(services, kernel);
        });
        await Eventually.TrueAsync(() => service.Services.GetRequiredService<ToolCatalog>().Current().Tools.ContainsKey("lights_turn_on"));
        await using var client = await service.ConnectAsync("ada");
        var (run, last) = await AskAsync(client, "connector");

        Assert.Equal(("RUN_FINISHED", "Both are on."), (run.End, run.Text));
        Assert.Equal(["desk is on for ada", "hall is on for ada"], run.ToolCalls.Select(c => c.Result));
        var result = last.GetProperty("result");
        Assert.Equal(("stop", 22, 14), (result.GetProperty("finishReason").GetString(), result.GetProperty("inputTokens").GetInt32(), result.GetProperty("outputTokens").GetInt32()));
        var asked = provider.Questions[1].Body;
        Assert.Equal("lights_turn_on", asked.GetProperty("tools").EnumerateArray().Single(t => t.GetProperty("function").GetProperty("name").GetString()!.StartsWith("lights", StringComparison.Ordinal)).GetProperty("function").GetProperty("name").GetString());
        Assert.Equal(["user", "assistant", "tool", "tool"], asked.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("role").GetString()).TakeLast(4));
    }

    [Fact]
    public async Task A_plugins_filter_rejects_a_call_and_a_failure_of_the_function_is_a_tool_error()
    {
        await using var service = await StartAsync(services => KernelInAHost.AddPluginSide(services
            .AddModel("lamps", _ => KernelInAHost.Model("desk", "alarm", "broken"))));
        await Eventually.TrueAsync(() => service.Services.GetRequiredService<ToolCatalog>().Current().Tools.ContainsKey("lights_turn_on"));
        await using var client = await service.ConnectAsync("bob");
        var (run, _) = await AskAsync(client, "lamps");

        Assert.Equal("RUN_FINISHED", run.End);
        Assert.Equal("The kernel says: desk is on for bob; bob may not turn on the alarm; Error: The tool failed.", run.Text);
    }

    [Fact]
    public async Task A_model_added_in_code_is_chosen_by_name_and_its_failures_are_those_of_any_model()
    {
        await using var service = await StartAsync(services => services
            .AddModel("good", _ => new ScriptedModel((_, _) => new[] { Text("Good.") }.ToAsyncEnumerable()))
            .AddModel("limited", _ => new ScriptedModel((_, _) => Fail(new HttpRequestException("sk-secret", null, HttpStatusCode.TooManyRequests)))));
        await using var client = await service.ConnectAsync();

        var (good, _) = await AskAsync(client, "good");
        Assert.Equal(("RUN_FINISHED", "Good."), (good.End, good.Text));
        var (limited, error) = await AskAsync(client, "limited");
        Assert.Equal(("RUN_ERROR", "model_rate_limited"), (limited.End, limited.Code));
        Assert.DoesNotContain("sk-secret", error.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_does_not_heed_its_token_is_left_behind()
    {
        await using var service = await StartAsync(
            services => services.AddModel("deaf", _ => new ScriptedModel((_, _) => NeverAsync())), ("Model:FirstTokenTimeout", "00:00:00.2"));
        await using var client = await service.ConnectAsync();

        var (late, _) = await AskAsync(client, "deaf");
        Assert.Equal(("RUN_ERROR", "model_timeout"), (late.End, late.Code));
    }

    [Fact]
    public void The_page_shows_the_sample_that_is_tried_here()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryLayout.Root, "docs", "semantic-kernel.md"));
        var sample = File.ReadAllLines(Path.Combine(RepositoryLayout.Root, "tests", "integration", "InCode", "KernelInAHost.cs"));
        var calls = sample.Select(l => l.Trim()).Where(l => l.StartsWith("services.", StringComparison.Ordinal)).ToList();

        Assert.Equal(4, calls.Count);
        Assert.All(calls, call => Assert.Contains($"builder.{char.ToUpperInvariant(call[0])}{call[1..]}", page, StringComparison.Ordinal));
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> NeverAsync()
    {
        await new TaskCompletionSource().Task;
        yield break;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Fail(Exception exception)
    {
        await Task.Yield();
        if (exception is not null)
        {
            throw exception;
        }

        yield break;
    }

    private static async Task<(Transcript Run, JsonElement Last)> AskAsync(NativeClient client, string? model)
    {
        var run = new Transcript(Guid.CreateVersion7());
        await client.SendAsync(JsonSerializer.Serialize(new { type = "run", runId = run.RunId, model, messages = new[] { new { role = "user", content = "hello" } } }));
        JsonElement last = default;
        while (!run.Ended)
        {
            last = await client.ReceiveAsync();
            run.Add(last);
        }

        return (run, last);
    }

    private async Task<WholeService> StartAsync(Action<IServiceCollection> add, params (string Key, string Value)[] settings) =>
        await WholeService.StartAsync(
            await broker.CreateVirtualHostAsync(), new ScriptedModel((_, _) => Fail(new InvalidOperationException("Another model was asked."))), add, [.. settings, ("Model:Attempts", "1")]);
}
