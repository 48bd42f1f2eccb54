using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StreamChat.Hosting.Bus;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Bus;

/// <summary>A process on the bus, as far as a bus goes.</summary>
internal sealed class BusHost : IAsyncDisposable
{
    private readonly IHost _host;

    private BusHost(Uri uri, params IReadOnlyList<IBusModule> modules)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Bus:Uri"] = uri.ToString(),
            ["Bus:StopTimeout"] = "00:00:05",
        });

        // MassTransit keeps the last logger factory in a static: with one for all hosts, none finds that of another disposed
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddStreamChatBus(builder.Configuration, modules);
        _host = builder.Build();
    }

    public IBus Bus => _host.Services.GetRequiredService<IBus>();

    public InstanceSender Sender => _host.Services.GetRequiredService<InstanceSender>();

    public BusHealthStatus Health => _host.Services.GetRequiredService<IBusControl>().CheckHealth().Status;

    /// <summary>Starts without waiting for the broker.</summary>
    public static async Task<BusHost> StartAsync(Uri uri, params IReadOnlyList<IBusModule> modules)
    {
        var host = new BusHost(uri, modules);
        await host._host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>Starts and waits until every queue is declared and consumed.</summary>
    public static async Task<BusHost> StartReadyAsync(Uri uri, params IReadOnlyList<IBusModule> modules)
    {
        var host = await StartAsync(uri, modules);
        await Eventually.GetAsync(() => host.Health, status => status == BusHealthStatus.Healthy);
        return host;
    }

    /// <summary>As a process that is told to stop.</summary>
    public Task StopAsync() => _host.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);
        _host.Dispose();
    }
}
