using Microsoft.Extensions.Options;
using StreamChat.Gateway.Dialects.Session;
using StreamChat.Gateway.Dialects.YYChat;
using StreamChat.Gateway.Limits;

namespace StreamChat.Gateway.Dialects.Chat;

/// <summary>
/// The path that two protocols share. Who connects is taken for a client of YYChat, whose limits count and whose greeting comes
/// after some silence, until the first frame shows which it is: a string <c>type</c> is YYChat's, else a <c>query</c> the other's.
/// </summary>
internal sealed class ChatDialect(YYChatDialect yychat, SessionDialect session, IOptions<LimitsOptions> limits) : IDialect
{
    public string Name => yychat.Name;

    public IReadOnlyList<IDialect> Parts { get; } = [yychat, session];

    public ConnectionLimits Connections => yychat.Connections;

    public TimeSpan? QuietAfter => yychat.QuietAfter;

    public IdleRule Idle => yychat.Idle;

    public IReadOnlyDictionary<string, Type> MessageTypes => yychat.MessageTypes;

    public IDialectSession NewSession(SessionStart start) =>
        new ChatSession(yychat.NewChat(start), () => session.NewSession(start), limits.Value.JsonDepth);
}
