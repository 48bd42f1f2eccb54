using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace StreamChat.Hosting.Connections;

/// <summary>Puts the gate around everything that a service serves.</summary>
internal static class ConnectionGateRegistration
{
    /// <summary>Adds the gate. Goes after the sockets of Kestrel.</summary>
    public static void AddConnectionGate(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(provider => new ConnectionGate(
            provider.GetRequiredService<IOptions<ConnectionGateOptions>>(),
            Descriptors.Read,
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ConnectionGate>>()));
        services.AddSingleton<IStartupFilter, ServeThroughGate>();

        // the transport that is registered last is asked first
        services.AddSingleton<IConnectionListenerFactory>(provider => new GatedTransport(
            ActivatorUtilities.CreateInstance<SocketTransportFactory>(provider), provider.GetRequiredService<ConnectionGate>()));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            var gate = endpoint.ApplicationServices.GetRequiredService<ConnectionGate>();
            var time = endpoint.ApplicationServices.GetRequiredService<TimeProvider>();
            endpoint.Use(next => connection => FirstByte.AwaitAsync(connection, next, gate, time));
        }));
    }

    /// <summary>Before all middleware.</summary>
    private sealed class ServeThroughGate(ConnectionGate gate) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(inner => context => gate.ServeAsync(context, inner));
            next(app);
        };
    }
}
