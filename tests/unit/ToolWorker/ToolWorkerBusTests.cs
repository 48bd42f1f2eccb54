using System.Collections.Concurrent;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Identity;
using StreamChat.ToolWorker;

namespace StreamChat.UnitTests.ToolWorker;

/// <summary>The whole module on an in-memory bus, with an ear of a caller's on it.</summary>
public sealed class ToolWorkerBusTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Announces_itself_answers_calls_and_withdraws_when_it_stops()
    {
        var token = TestContext.Current.CancellationToken;
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration["Bus:Transport"] = "InMemory";
        builder.Services.AddLogging();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IIdGenerator, SystemIdGenerator>();
        builder.Services.AddSingleton<Ear>();
        builder.Services.AddToolWorker(builder.Configuration);
        builder.Services.AddStreamChatBus(builder.Configuration, new ToolWorkerBus(), new CallerBus());
        using var host = builder.Build();
        await host.StartAsync(token);
        var ear = host.Services.GetRequiredService<Ear>();

        var first = await ear.NextAsync(token);
        Assert.Equal(
            [
                "add_note", "add_todo", "calculator", "complete_todo", "current_time", "news", "notes", "preferences", "recipes", "remove_note",
                "remove_todo", "set_preference", "todos", "update_context", "weather",
            ],
            first.Tools.Select(t => t.Name));
        Assert.Equal(
            ["add_note", "add_todo", "complete_todo", "remove_note", "remove_todo", "set_preference"],
            first.Tools.Where(t => !t.SafeToRepeat).Select(t => t.Name));

        // what the shipped agents are to call is there, and nothing is there that none of them calls
        Assert.Equal(first.Tools.Select(t => t.Name), ShippedAgents.All.SelectMany(a => a.Value.Tools!).Distinct().Order(StringComparer.Ordinal));

        // long before the next interval
        await host.Services.GetRequiredService<IBus>().Publish(new ToolsRequested { WorkerId = "worker" }, token);
        Assert.Equal(first.Tools.Count, (await ear.NextAsync(token)).Tools.Count);

        await using (var scope = host.Services.CreateAsyncScope())
        {
            var client = scope.ServiceProvider.GetRequiredService<IRequestClient<CallTool>>();
            var answer = (await client.GetResponse<ToolResult>(Call("calculator", """{"expression":"10^30 + 1/8"}"""), token)).Message;
            Assert.Equal("1" + new string('0', 30) + ".125", answer.Result!.Value.GetRawText());
            Assert.Null(answer.Error);

            answer = (await client.GetResponse<ToolResult>(Call("none", "{}"), token)).Message;
            Assert.Equal("Tool not found: none", answer.Error);
        }

        // what the host calls first when it stops; in memory the bus would go before the word has arrived
        var stopping = host.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Select(s => s.StoppingAsync(token));
        await Task.WhenAll(stopping);
        var last = await ear.NextAsync(token);
        await host.StopAsync(token);
        Assert.Empty(last.Tools);
        Assert.Equal(first.ToolWorkerId, last.ToolWorkerId);
    }

    private static CallTool Call(string name, string arguments) => new()
    {
        RunId = Guid.Empty,
        ToolCallId = "call-1",
        Name = name,
        Arguments = JsonElement.Parse(arguments),
        UserId = "user",
        ThreadId = "thread",
        Timeout = TimeSpan.FromSeconds(10),
    };

    private sealed class CallerBus : IBusModule
    {
        public void AddConsumers(IBusRegistrationConfigurator bus)
        {
            bus.AddConsumer<EarConsumer>();
            bus.AddRequestClient<CallTool>();
        }

        public void ConfigureEndpoints(IBusRegistrationContext context, IBusFactoryConfigurator bus) =>
            bus.BroadcastQueue("ear", endpoint => endpoint.ConfigureConsumer<EarConsumer>(context));
    }

    private sealed class EarConsumer(Ear ear) : IConsumer<ToolsAnnounced>
    {
        public Task Consume(ConsumeContext<ToolsAnnounced> context)
        {
            ear.Hear(context.Message);
            return Task.CompletedTask;
        }
    }

    private sealed class Ear : IDisposable
    {
        private readonly ConcurrentQueue<ToolsAnnounced> _heard = new();
        private readonly SemaphoreSlim _count = new(0);

        public void Hear(ToolsAnnounced announced)
        {
            _heard.Enqueue(announced);
            _count.Release();
        }

        public async Task<ToolsAnnounced> NextAsync(CancellationToken cancellationToken)
        {
            Assert.True(await _count.WaitAsync(Deadline, cancellationToken), "Nothing was announced in time.");
            Assert.True(_heard.TryDequeue(out var announced));
            return announced;
        }

        public void Dispose() => _count.Dispose();
    }
}
