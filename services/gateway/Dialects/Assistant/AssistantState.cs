namespace StreamChat.Gateway.Dialects.Assistant;

/// <summary>What a connection has said about itself: in its handshake, and since.</summary>
internal sealed class AssistantState(SessionStart start)
{
    private volatile string? _conversationId;

    public string UserId => start.UserId;

    /// <summary>Its name for people.</summary>
    public string Username { get; } = Parameter(start, "username") ?? $"用户_{start.UserId}";

    /// <summary>The room that the handshake names, or null.</summary>
    public string? QueryRoom { get; } = Parameter(start, "room_id");

    /// <summary>The connection as clients know it.</summary>
    public string ConnectionId { get; } = AssistantNames.Connection(start.ConnectionId, start.OpenedAt);

    /// <summary>When it was opened.</summary>
    public DateTimeOffset OpenedAt => start.OpenedAt;

    /// <summary>The conversation that it has switched to, or null.</summary>
    public string? ConversationId
    {
        get => _conversationId;
        set => _conversationId = value;
    }

    private static string? Parameter(SessionStart start, string name) =>
        start.Parameters.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
