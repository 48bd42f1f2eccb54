using StreamChat.Hosting.Options;
using StreamChat.ToolWorker.Announcing;
using StreamChat.ToolWorker.BuiltIn.Calculator;
using StreamChat.ToolWorker.BuiltIn.Time;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker;

/// <summary>The tool-worker as a module: its own process adds it, and so does the standalone server.</summary>
public static class ToolWorkerModule
{
    /// <summary>Adds everything but the bus, which takes <see cref="ToolWorkerBus"/>.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configuration">Section <c>ToolWorker</c>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddToolWorker(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddValidatedOptions<ToolWorkerOptions>(ToolWorkerOptions.Section);
        services.AddSingleton<ToolWorkerIdentity>();
        services.AddSingleton(_ => CalculatorTool.Create());
        services.AddSingleton(provider => CurrentTimeTool.Create(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ToolRegistry>();
        services.AddSingleton<ToolMetrics>();
        services.AddSingleton<ToolInvoker>();
        services.AddSingleton<IAnnouncementPublisher, BusAnnouncementPublisher>();
        services.AddSingleton<ToolAnnouncer>();
        services.AddHostedService<AnnouncingLoop>();
        return services;
    }
}
