using BenchmarkDotNet.Attributes;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.Bench;

/// <summary>What MassTransit takes for one batch, sending and taking together, over the in-memory transport; for each batch, not each token.</summary>
public class BusBenchmarks
{
    private readonly SemaphoreSlim _taken = new(0);
    private readonly RunEventBatch _batch = Answers.Round(7);
    private readonly PackedBatch _packed = PackedBatch.Of(Answers.Round(7));
    private IHost _host = null!;
    private InstanceSender _sender = null!;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["Bus:Transport"] = nameof(BusTransport.InMemory);
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddStreamChatBus(builder.Configuration, new TakingModule(_taken));
        _host = builder.Build();
        await _host.StartAsync();
        _sender = _host.Services.GetRequiredService<InstanceSender>();
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _host.StopAsync();

    [Benchmark(Description = "bus: a batch as JSON, sent and taken")]
    public async Task JsonAsync()
    {
        await _sender.SendAsync("gateway-g", _batch, CancellationToken.None);
        await _taken.WaitAsync();
    }

    [Benchmark(Description = "bus: a packed batch, sent and taken")]
    public async Task PackedAsync()
    {
        await _sender.SendAsync("gateway-g", _packed, CancellationToken.None);
        await _taken.WaitAsync();
    }

    private sealed class TakingModule(SemaphoreSlim taken) : IBusModule
    {
        public void AddConsumers(IBusRegistrationConfigurator bus)
        {
        }

        public void ConfigureEndpoints(IBusRegistrationContext context, IBusFactoryConfigurator bus) =>
            bus.InstanceQueue("gateway-g", concurrency: 1, prefetch: 16, endpoint =>
            {
                endpoint.AddDeserializer(PackedBatchSerializer.Instance, isDefault: false);
                endpoint.Handler<PackedBatch>(_ => Take());
                endpoint.Handler<RunEventBatch>(_ => Take());
            });

        private Task Take()
        {
            taken.Release();
            return Task.CompletedTask;
        }
    }
}
