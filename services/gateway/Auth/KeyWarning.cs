namespace StreamChat.Gateway.Auth;

/// <summary>Says once that the gateways do not share their keys, so that users are let in by one and turned away by another.</summary>
internal sealed partial class KeyWarning(ILogger<KeyWarning> logger)
{
    private int _said;

    public bool WasSaid => Volatile.Read(ref _said) != 0;

    public void OtherKeys(string gatewayId)
    {
        if (Interlocked.Exchange(ref _said, 1) == 0)
        {
            LogOtherKeys(gatewayId);
        }
    }

    [LoggerMessage(1501, LogLevel.Warning, "Gateway {GatewayId} has other keys than this one, and neither takes the other's access tokens. Give all the same Auth:KeysPath.")]
    private partial void LogOtherKeys(string gatewayId);
}
