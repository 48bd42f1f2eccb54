using System.Text.Encodings.Web;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StreamChat.Contracts;
using StreamChat.Hosting.Options;

namespace StreamChat.Hosting.Bus;

/// <summary>Puts the bus into a process.</summary>
public static class BusRegistration
{
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
        services.AddSingleton(provider => new InstanceSender(
            provider.GetRequiredService<IBus>(),
            provider.GetRequiredService<IOptions<BusOptions>>(),
            provider.GetRequiredService<InMemoryWindow>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddOptions<MassTransitHostOptions>().Configure(host =>
        {
            host.WaitUntilStarted = false;
            host.StopTimeout = options.StopTimeout + TimeSpan.FromSeconds(5);
            host.ConsumerStopTimeout = options.StopTimeout;
        });
        services.AddMassTransit(bus =>
        {
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
                    transport.Host(options.Uri, host =>
                    {
                        host.RequestedConnectionTimeout(TimeSpan.FromSeconds(5));
                        host.ContinuationTimeout(TimeSpan.FromSeconds(5));
                    });
                    Configure(context, transport, modules);
                });
            }
        });
        return services;
    }

    private static void Configure(IBusRegistrationContext context, IBusFactoryConfigurator bus, IReadOnlyList<IBusModule> modules)
    {
        bus.ConfigureJsonSerializerOptions(json =>
        {
            json.TypeInfoResolverChain.Insert(0, ContractsJson.Default);

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
