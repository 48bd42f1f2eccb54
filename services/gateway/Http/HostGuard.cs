using Microsoft.Extensions.Options;
using StreamChat.Gateway.Auth;
using StreamChat.Hosting.Http;

namespace StreamChat.Gateway.Http;

/// <summary>
/// Decides by which names the gateway is addressed. In mode <c>open</c> everything that reaches a listener on loopback is trusted, so
/// there only names that nobody else can own are answered, unless <c>AllowedHosts</c> lists more.
/// </summary>
internal sealed partial class HostGuard(Listeners listeners, IOptions<AuthOptions> options, GatewayTelemetry telemetry, ILogger<HostGuard> logger)
{
    private static readonly Refusal Refusal = new(
        StatusCodes.Status421MisdirectedRequest, "host", $"This server does not answer under this host name. Its operator can add the name to the setting {HostNames.Key}.");

    private int _logged;

    public static void Use(WebApplication app)
    {
        var guard = app.Services.GetRequiredService<HostGuard>();
        app.UseHostNames(guard.IsLoopbackOnly, guard.RefuseAsync);
    }

    private bool IsLoopbackOnly(HttpContext context) => !options.Value.Required && listeners.ClientIsOnLoopback(context);

    private Task RefuseAsync(HttpContext context)
    {
        telemetry.Refused(Refusal);
        if (Interlocked.Exchange(ref _logged, 1) == 0)
        {
            LogRefused(context.Request.Host.Host);
        }

        return Refusal.WriteAsync(context);
    }

    [LoggerMessage(1861, LogLevel.Warning, "Rejected a request with the host name {Host} (421). If this name is yours, add it to AllowedHosts; otherwise a web page may have tried DNS rebinding. Further rejections are only counted, in streamchat.handshakes.refused.")]
    private partial void LogRefused(string host);
}
