using System.Collections.Frozen;

namespace StreamChat.Load.Dialects;

/// <summary>The dialects, by the names of their pages in docs/protocols.</summary>
internal static class LoadDialects
{
    public const string Default = "native";

    public static readonly FrozenDictionary<string, ILoadDialect> ByName = new Dictionary<string, ILoadDialect>
    {
        [Default] = new NativeDialect(),
        ["assistant"] = new AssistantDialect(),
        ["aurawell"] = new AuraWellDialect(),
        ["agent-engine"] = new AgentEngineDialect(),
        ["yychat"] = new YYChatDialect(),
        ["session"] = new SessionDialect(),
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
