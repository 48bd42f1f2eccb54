using System.Diagnostics.Metrics;
using System.Text.Encodings.Web;
using System.Text.Json.Serialization.Metadata;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StreamChat.Contracts;
using StreamChat.Hosting.Bus.Broker;
using StreamChat.Hosting.Health;
using StreamChat.Hosting.Identity;
using StreamChat.Hosting.Logging;
using StreamChat.Hosting.Options;

namespace StreamChat.Hosting.Bus;

/// <summary>Puts the bus into a process.</summary>
public static class BusRegistration
{
    // the host must not end before the bus has given back what it could not finish
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Adds MassTransit over the configured transport with the modules' consumers and queues. The process starts without waiting
    /// for the broker; MassTransit keeps trying and reports itself to the readiness check.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configuration">Holds section <c>Bus</c>.</param>
    /// <param name="modules">What this process does on the bus.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddStreamChatBus(
        this IServiceCollection services, IConfiguration configuration, params IReadOnlyList<IBusModule> modules)
    {
        var options = configuration.GetValidatedOptions<BusOptions>(BusOptions.Section);
        services.AddValidatedOptions<BusOptions>(BusOptions.Section);
        services.AddSingleton<InMemoryWindow>();

        // whoever cancels a send, mostly by a deadline, reports it; the library calls it a fault of its transport
        services.AddQuietLogs(new QuietLogRule("MassTransit", (values, exception) =>
            exception is OperationCanceledException && values is [.., { Value: string template }] && template.StartsWith("S-FAULT", StringComparison.Ordinal)));
        services.AddSingleton(provider => new InstanceSender(
            provider.GetRequiredService<IBus>(),
            provider.GetRequiredService<IOptions<BusOptions>>(),
            provider.GetRequiredService<InMemoryWindow>(),
            provider.GetRequiredService<BrokerWatch>()));
        services.AddMetrics();
        services.AddSingleton(provider => new BrokerWatch(
            options.Transport,
            () => provider.GetRequiredService<IBusControl>().CheckHealth().Status,
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<BrokerWatch>>()));
        services.AddHealthChecks().AddCheck<BrokerWatch>("broker", tags: [HealthEndpoints.ReadyTag]);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = Max(host.ShutdownTimeout, options.StopTimeout + StopMargin));
        services.AddOptions<MassTransitHostOptions>().Configure(host =>
        {
            host.WaitUntilStarted = false;
            host.StopTimeout = options.StopTimeout + TimeSpan.FromSeconds(5);
            host.ConsumerStopTimeout = options.StopTimeout;
        });
        services.AddMassTransit(bus =>
        {
            // it would tell its makers, over the network, which queues there are
            bus.DisableUsageTelemetry();
            foreach (var module in modules)
            {
                module.AddConsumers(bus);
            }

            if (options.Transport == BusTransport.InMemory)
            {
                bus.UsingInMemory((context, transport) =>
                {
                    Configure(context, transport, modules);
                    transport.ConnectReceiveObserver(context.GetRequiredService<InMemoryWindow>());
                });
            }
            else
            {
                bus.UsingRabbitMq((context, transport) =>
                {
                    var watch = context.GetRequiredService<BrokerWatch>();
                    var time = context.GetRequiredService<TimeProvider>();
                    var nodes = new BrokerNodes(
                        options,
                        context.GetService<IIdGenerator>()?.NewSpread(1000) ?? 0,
                        time,
                        context.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
                    transport.Host(new BrokerHostSettings(options, nodes));

                    // else the queue for answers is made by the first request, which holds its thread until that is read: with many first
                    // requests at once no thread is left to read it (https://github.com/MassTransit/MassTransit/blob/v8.5.8/src/MassTransit/MassTransitBus.cs)
                    transport.AutoStart = true;
                    SoonerRetry.Use(transport, time);
                    ChannelFilters.Use(transport, watch, time);
                    BusEndpoints.Begin(transport, options);
                    Configure(context, transport, modules);
                    var hold = new HoldWhileBlocked(watch);
                    transport.ConnectPublishObserver(hold);
                    transport.ConnectSendObserver(hold);
                });
            }
        });

        // after the bus, and so stopped before it: a bus that is being stopped is no news
        services.AddHostedService(provider => provider.GetRequiredService<BrokerWatch>());
        return services;
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static void Configure(IBusRegistrationContext context, IBusFactoryConfigurator bus, IReadOnlyList<IBusModule> modules)
    {
        bus.ConfigureJsonSerializerOptions(json =>
        {
            json.TypeInfoResolverChain.Insert(0, ContractsJson.Default.WithAddedModifier(NullChecks.Check));

            // MassTransit's own default is indented and escapes every letter beyond ASCII
            json.WriteIndented = false;
            json.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
            return json;
        });
        foreach (var module in modules)
        {
            module.ConfigureEndpoints(context, bus);
        }
    }
}
