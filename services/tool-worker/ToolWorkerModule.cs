using StreamChat.Hosting.Options;
using StreamChat.Hosting.Work;
using StreamChat.Storage;
using StreamChat.ToolWorker.Announcing;
using StreamChat.ToolWorker.BuiltIn;
using StreamChat.ToolWorker.Mcp;
using StreamChat.ToolWorker.Tools;
using StreamChat.ToolWorker.Tools.Ledger;

namespace StreamChat.ToolWorker;

/// <summary>The tool-worker as a module: its own process adds it, and so does the standalone server.</summary>
public static class ToolWorkerModule
{
    /// <summary>Adds everything but the bus, which takes <see cref="ToolWorkerBus"/>. Call before the bus is added.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configuration">Sections <c>ToolWorker</c>, <c>Tools</c>, <c>Mcp</c> and <c>Store</c>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddToolWorker(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStore(configuration);
        services.AddValidatedOptions<ToolWorkerOptions>(ToolWorkerOptions.Section);
        services.AddAbandonedWork();
        services.AddSingleton<ToolWorkerIdentity>();
        services.AddBuiltInTools();
        services.AddSingleton<ToolRegistry>();
        services.AddOptions<DirectCallOptions>().Configure<IConfiguration>((options, all) => options.Read(all.GetSection(DirectCallOptions.Section)));
        services.AddValidatedOptions<DirectCallOptions>(DirectCallOptions.Section);
        services.AddSingleton<DirectCalls>();
        services.AddSingleton<ToolMetrics>();
        services.AddCallLedger();
        services.AddSingleton<IProgressTransport, BusProgressTransport>();
        services.AddSingleton<ProgressSender>();
        services.AddSingleton<ToolInvoker>();
        services.AddMcp();
        services.AddSingleton<IAnnouncementPublisher, BusAnnouncementPublisher>();
        services.AddSingleton<ToolAnnouncer>();
        services.AddHostedService<ToolAnnouncingLoop>();
        return services;
    }
}
