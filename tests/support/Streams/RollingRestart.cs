using System.Diagnostics;

namespace StreamChat.TestSupport.Streams;

/// <summary>A new version is rolled out: every process is stopped and started, one after the other, as an operator or an orchestrator does.</summary>
public static class RollingRestart
{
    /// <summary>Restarts all of them, each when the one before is ready again.</summary>
    /// <param name="fleet">The processes.</param>
    /// <param name="report">Told of each: the service and how long it was away.</param>
    public static async Task RunAsync(ServiceFleet fleet, Action<string, TimeSpan>? report = null)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        foreach (var member in fleet.Members)
        {
            var started = Stopwatch.GetTimestamp();
            await member.RestartAsync();
            report?.Invoke(member.Service, Stopwatch.GetElapsedTime(started));
        }
    }
}
