using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using StreamChat.AgentWorker;
using StreamChat.AgentWorker.Agents;
using StreamChat.Contracts.Tools;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;
using FunctionInvocationContext = Microsoft.SemanticKernel.FunctionInvocationContext;

namespace StreamChat.IntegrationTests.InCode;

/// <summary>Filters of Semantic Kernel around the calls of agents, which go over a real broker to a tool-worker.</summary>
public sealed class ToolCallFilterTests(RabbitMqServer broker)
{
    [Fact]
    public async Task A_filter_sees_each_distributed_call_and_may_change_reject_or_redact_it()
    {
        await using var service = await StartAsync<Guard>("desk", "swap", "private", "alarm", "broken", "throws");
        await using var client = await service.ConnectAsync("ada");
        var run = await client.RunAsync("hello");

        Assert.Equal("RUN_FINISHED", run.End);
        Assert.Equal(
            ["desk is on for ada", "hall is on for ada", "[redacted]", "ada may not turn on alarm", "The tool failed.", "The tool failed."],
            run.ToolCalls.Select(c => c.Result));
        Assert.Equal([false, false, false, false, true, true], run.ToolCalls.Select(c => c.IsError));
    }

    [Fact]
    public async Task A_filter_that_waits_for_ever_ends_with_its_run()
    {
        await using var service = await StartAsync<Waiting>("desk");
        await using var client = await service.ConnectAsync("ada");
        var run = new Transcript(Guid.CreateVersion7());
        await client.SendAsync(JsonSerializer.Serialize(new { type = "run", runId = run.RunId, messages = new[] { new { role = "user", content = "hello" } } }));
        await Eventually.TrueAsync(() => service.Services.GetRequiredService<Waiters>().Count == 1);
        await client.SendAsync(JsonSerializer.Serialize(new { type = "cancel", runId = run.RunId }));
        await client.ReadToEndAsync(run);
        Assert.Equal(("RUN_ERROR", "cancelled"), (run.End, run.Code));
    }

    private async Task<WholeService> StartAsync<TFilter>(params string[] lamps)
        where TFilter : class, IFunctionInvocationFilter
    {
        var kernel = KernelInAHost.Create();
        var service = await WholeService.StartAsync(
            await broker.CreateVirtualHostAsync(),
            KernelInAHost.Model(lamps),
            services =>
            {
                services.AddSingleton<Waiters>().AddToolCallFilter<TFilter>();
                KernelInAHost.AddToolSide(services, kernel);
            });
        await Eventually.TrueAsync(() => service.Services.GetRequiredService<ToolCatalog>().Current().Tools.ContainsKey("lights_turn_on"));
        return service;
    }

    private sealed class Waiters
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Add() => Interlocked.Increment(ref _count);
    }

    private sealed class Guard : IFunctionInvocationFilter
    {
        public async Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
        {
            Assert.Equal("lights_turn_on", context.Function.Name);
            var user = context.Kernel.Data[ToolCallKeys.UserId];
            switch (context.Arguments["lamp"]?.ToString())
            {
                case "alarm":
                    context.Result = new FunctionResult(context.Result, $"{user} may not turn on alarm");
                    return;
                case "throws":
                    throw new UnauthorizedAccessException("sk-secret");
                case "swap":
                    context.Arguments["lamp"] = "hall";
                    await next(context);
                    return;
                case "private":
                    await next(context);
                    Assert.Equal("private is on for ada", context.Result.GetValue<JsonElement>().GetString());
                    context.Result = new FunctionResult(context.Result, "[redacted]");
                    return;
                default:
                    await next(context);
                    return;
            }
        }
    }

    private sealed class Waiting(Waiters waiters) : IFunctionInvocationFilter
    {
        public Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
        {
            waiters.Add();
            return new TaskCompletionSource().Task;
        }
    }
}
