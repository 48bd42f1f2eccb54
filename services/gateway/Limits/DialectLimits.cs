namespace StreamChat.Gateway.Limits;

/// <summary>What is different for one dialect: section <c>Limits:Dialects:{name}</c>. 0 means none.</summary>
internal sealed class DialectLimits
{
    public const string AuraWell = "aurawell";
    public const string AgentEngine = "agent-engine";
    public const string YYChat = "yychat";

    /// <summary>Connections of this gateway in the dialect; the next handshake gets 503 with <c>Retry-After</c>.</summary>
    public int Connections { get; set; }

    /// <summary>Connections of one user in the dialect; the next handshake gets 429 with <c>Retry-After</c>.</summary>
    public int ConnectionsPerUser { get; set; }

    /// <summary>The most text in one request; 0 for what <c>Limits:MessageCharacters</c> says.</summary>
    public int MessageCharacters { get; set; }

    /// <summary>What the protocols' documents promise.</summary>
    public static Dictionary<string, DialectLimits> Documented() => new(StringComparer.OrdinalIgnoreCase)
    {
        [AuraWell] = new() { ConnectionsPerUser = 3, MessageCharacters = 1000 },
        [AgentEngine] = new() { Connections = 1000 },
        [YYChat] = new() { Connections = 100 },
    };

    public bool IsValid => Connections >= 0 && ConnectionsPerUser >= 0 && MessageCharacters >= 0;
}
