using System.Collections.Frozen;
using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Dialects.Session;

/// <summary>The protocol of <c>{query, session_id}</c>, as it was carried over from server-sent events: docs/protocols/session.md.</summary>
internal sealed class SessionDialect(IOptions<LimitsOptions> limits) : IDialect
{
    public const string DialectName = "session";

    /// <summary>What its frames are read by; its form over HTTP asks the same.</summary>
    public SessionQueryParser Queries { get; } = new(limits.Value.JsonDepth, limits.Value.MessageCharacters);

    public string Name => DialectName;

    public IReadOnlyDictionary<string, Type> MessageTypes { get; } = FrozenDictionary<string, Type>.Empty;

    public IDialectSession NewSession(SessionStart start) => new SessionChat(this, start);
}
