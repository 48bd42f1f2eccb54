using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StreamChat.Hosting.Bus;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Bus;

/// <summary>A quorum queue that does not answer for a while, as one without a leader, must not end the endpoint that reads it.</summary>
public sealed class SilentQueueTests
{
    private const string Queue = "silent";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task An_endpoint_reads_again_once_its_queue_answers()
    {
        await using var broker = RabbitMqServer.OfOurOwn();
        await broker.StartAsync();
        using (var before = await StartAsync(broker.Uri))
        {
            await Eventually.TrueAsync(() => Task.FromResult(IsReady(before)), Patience, "the queue is there");
            await before.StopAsync(TestContext.Current.CancellationToken);
        }

        await broker.ControlAsync("eval", $"sys:suspend('%2F_{Queue}').");
        using var host = await StartAsync(broker.Uri);
        var faults = host.Services.GetRequiredService<Faults>();
        await Eventually.TrueAsync(() => Task.FromResult(faults.Seen), Patience, "the endpoint has waited in vain");

        await broker.ControlAsync("eval", $"sys:resume('%2F_{Queue}').");
        await Eventually.TrueAsync(() => Task.FromResult(IsReady(host)), Patience, "the endpoint reads");
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static bool IsReady(IHost host) =>
        host.Services.GetRequiredService<IBusControl>().CheckHealth().Status == BusHealthStatus.Healthy;

    private static async Task<IHost> StartAsync(Uri uri)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection([new("Bus:Uri", uri.ToString())]);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Faults>();
        builder.Services.AddStreamChatBus(builder.Configuration, new Module());
        var host = builder.Build();
        host.Services.GetRequiredService<IBusControl>().ConnectReceiveEndpointObserver(host.Services.GetRequiredService<Faults>());
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    private sealed record Ping;

    private sealed class PingConsumer : IConsumer<Ping>
    {
        public Task Consume(ConsumeContext<Ping> context) => Task.CompletedTask;
    }

    private sealed class Module : IBusModule
    {
        public void AddConsumers(IBusRegistrationConfigurator bus) => bus.AddConsumer<PingConsumer>();

        public void ConfigureEndpoints(IBusRegistrationContext context, IBusFactoryConfigurator bus) =>
            bus.WorkQueue(Queue, concurrency: 1, quorum: true, endpoint => endpoint.ConfigureConsumer<PingConsumer>(context));
    }

    private sealed class Faults : IReceiveEndpointObserver
    {
        private volatile bool _seen;

        public bool Seen => _seen;

        public Task Ready(ReceiveEndpointReady ready) => Task.CompletedTask;

        public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

        public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

        public Task Faulted(ReceiveEndpointFaulted faulted)
        {
            _seen = true;
            return Task.CompletedTask;
        }
    }
}
