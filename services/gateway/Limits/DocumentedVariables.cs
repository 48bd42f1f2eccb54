using System.Globalization;
using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Limits;

/// <summary>
/// The variables that one of the protocols' documents has: <c>WS_MAX_CONNECTIONS</c> and <c>WS_HEARTBEAT_INTERVAL</c>, the latter in
/// seconds. Keys of section <c>Limits</c> go before them.
/// </summary>
internal static class DocumentedVariables
{
    public const string MaxConnections = "WS_MAX_CONNECTIONS";
    public const string HeartbeatInterval = "WS_HEARTBEAT_INTERVAL";

    private const double LongestHeartbeat = 3600;

    /// <exception cref="OptionsValidationException">A value is wrong; the message names the variable.</exception>
    public static void Apply(LimitsOptions limits, IConfiguration configuration)
    {
        if (configuration[MaxConnections] is { Length: > 0 } connections)
        {
            limits.AgentEngine.Connections = int.TryParse(connections, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw Wrong(MaxConnections, "must be a whole number, 0 for no limit");
        }

        if (configuration[HeartbeatInterval] is { Length: > 0 } interval)
        {
            limits.Heartbeat = double.TryParse(interval, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= LongestHeartbeat
                ? TimeSpan.FromSeconds(seconds)
                : throw Wrong(HeartbeatInterval, $"must be seconds, 0 (for never) to {LongestHeartbeat}");
        }
    }

    private static OptionsValidationException Wrong(string name, string rule) => new(name, typeof(LimitsOptions), [$"{name}: {rule}"]);
}
