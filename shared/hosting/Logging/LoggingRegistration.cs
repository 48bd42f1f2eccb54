using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Options;

namespace StreamChat.Hosting.Logging;

/// <summary>Puts the bounds of logs into a process.</summary>
public static class LoggingRegistration
{
    /// <summary>Lines that match the rule are written only while their category is at debug level.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="rule">The rule.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddQuietLogs(this IServiceCollection services, QuietLogRule rule) => services.AddSingleton(rule);

    /// <summary>Bounds what repeated events write, for every logger of the process and all of its providers.</summary>
    internal static void AddBoundedLogging(this IServiceCollection services)
    {
        services.AddValidatedOptions<LogOptions>(LogOptions.Section);
        services.AddMetrics();
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(provider => new BoundedLoggerFactory(
            new LoggerFactory(
                provider.GetServices<ILoggerProvider>(),
                provider.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>(),
                provider.GetRequiredService<IOptions<LoggerFactoryOptions>>(),
                provider.GetService<IExternalScopeProvider>()),
            provider.GetRequiredService<IOptions<LogOptions>>(),
            provider.GetServices<QuietLogRule>(),
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<TimeProvider>())));
    }
}
