using System.Threading.Channels;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StreamChat.AgentWorker;
using StreamChat.Contracts.Agents;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Identity;
using StreamChat.TestSupport.Processes;

namespace StreamChat.UnitTests.AgentWorker.Agents;

/// <summary>The whole module on an in-memory bus, with an ear of a gateway's on it.</summary>
public sealed class AgentWorkerBusTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Announces_its_agents_says_them_again_when_asked_or_when_tools_come_and_withdraws_when_it_stops()
    {
        var token = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration["Bus:Transport"] = "InMemory";
        builder.Configuration["Store:ConnectionString"] = $"Data Source={folder.File("store.db")}";
        builder.Configuration["Agents:AnnounceInterval"] = "00:10:00";
        builder.Services.AddLogging();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IIdGenerator, SystemIdGenerator>();
        builder.Services.AddSingleton(Channel.CreateUnbounded<AgentsAnnounced>());
        builder.Services.AddAgentWorker(builder.Configuration);
        builder.Services.AddStreamChatBus(builder.Configuration, new AgentWorkerBus(), new GatewaysEar());
        using var host = builder.Build();
        await host.StartAsync(token);
        var heard = host.Services.GetRequiredService<Channel<AgentsAnnounced>>().Reader;
        var bus = host.Services.GetRequiredService<IBus>();

        var first = await NextAsync();
        Assert.Equal("Triage Agent", first.Agents[0].Name);
        Assert.Empty(first.Agents[0].Tools);

        await bus.Publish(new AgentsRequested { GatewayId = "g" }, token);
        Assert.Equal(first.Agents.Count, (await NextAsync()).Agents.Count);

        await bus.Publish(ToolCatalogTests.Announcement("w1", "calculator"), token);
        Assert.Equal(["calculator"], (await NextAsync()).Agents[0].Tools);

        // what the host calls first when it stops; in memory the bus would go before the word has arrived
        var stopping = host.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Select(s => s.StoppingAsync(token));
        await Task.WhenAll(stopping);
        var last = await NextAsync();
        await host.StopAsync(token);
        Assert.Empty(last.Agents);
        Assert.Equal(first.WorkerId, last.WorkerId);

        Task<AgentsAnnounced> NextAsync() => heard.ReadAsync(token).AsTask().WaitAsync(Deadline, token);
    }

    private sealed class GatewaysEar : IBusModule
    {
        public void AddConsumers(IBusRegistrationConfigurator bus) => bus.AddConsumer<EarConsumer>();

        public void ConfigureEndpoints(IBusRegistrationContext context, IBusFactoryConfigurator bus) =>
            bus.BroadcastQueue("ear", endpoint => endpoint.ConfigureConsumer<EarConsumer>(context));
    }

    private sealed class EarConsumer(Channel<AgentsAnnounced> heard) : IConsumer<AgentsAnnounced>
    {
        public Task Consume(ConsumeContext<AgentsAnnounced> context) => heard.Writer.WriteAsync(context.Message).AsTask();
    }
}
