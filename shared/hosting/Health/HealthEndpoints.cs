using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StreamChat.Hosting.Health;

/// <summary>The two questions that an operator's machinery asks.</summary>
public static class HealthEndpoints
{
    /// <summary>Tag of checks that decide readiness; MassTransit's bus check has it.</summary>
    public const string ReadyTag = "ready";

    /// <summary>Tag of checks that fail when only a restart of the process helps.</summary>
    public const string LiveTag = "live";

    private const string Live = "/health/live";
    private const string Ready = "/health/ready";

    private static readonly string[] Probes = [Live, Ready];

    // what monitoring of the services that the protocols come from asks for
    private static readonly string[] ProtocolChecks = ["/health", "/ws/health", "/api/v1/health"];

    /// <summary>Whether a request is one of these questions.</summary>
    /// <param name="path">Its path.</param>
    internal static bool IsProbe(PathString path) => IsOneOf(path, Probes);

    /// <summary>Whether monitoring repeats this request: a probe (<see cref="IsProbe"/>), or a health check that one of the protocols brings along.</summary>
    /// <param name="path">The request's path.</param>
    internal static bool IsHealthCheck(PathString path) => IsProbe(path) || IsOneOf(path, ProtocolChecks);

    /// <summary>
    /// Maps <c>/health/live</c> (200 while the process serves and every check tagged <see cref="LiveTag"/> is healthy, else 503) and
    /// <c>/health/ready</c> (200 while every check tagged <see cref="ReadyTag"/> is healthy, else 503), both with a JSON body that names each check.
    /// </summary>
    /// <param name="endpoints">Where to map.</param>
    public static void MapStreamChatHealth(this IEndpointRouteBuilder endpoints)
    {
        Map(endpoints, Live, check => check.Tags.Contains(LiveTag));
        Map(endpoints, Ready, check => check.Tags.Contains(ReadyTag));
    }

    /// <summary>Compares as routing does: without case, and a slash at the end makes no difference.</summary>
    private static bool IsOneOf(PathString path, string[] paths)
    {
        var routed = path.Value is [.. var rest, '/'] ? rest : path.Value;
        return Array.Exists(paths, p => p.Equals(routed, StringComparison.OrdinalIgnoreCase));
    }

    private static void Map(IEndpointRouteBuilder endpoints, string path, Func<HealthCheckRegistration, bool> which) =>
        endpoints.MapHealthChecks(path, new HealthCheckOptions
        {
            Predicate = which,
            ResponseWriter = WriteAsync,
            ResultStatusCodes =
            {
                // degraded is not ready: MassTransit says so while its connection is away
                [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable,
            },
        }).WithMetadata(HealthProbe.Instance);

    private static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", report.Status.ToString());
        json.WriteStartObject("checks");
        foreach (var (name, entry) in report.Entries)
        {
            json.WriteStartObject(name);
            json.WriteString("status", entry.Status.ToString());
            json.WriteString("description", entry.Description);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}

/// <summary>Marks the endpoints of <see cref="HealthEndpoints"/>.</summary>
public sealed class HealthProbe
{
    internal static readonly HealthProbe Instance = new();

    private HealthProbe()
    {
    }
}
