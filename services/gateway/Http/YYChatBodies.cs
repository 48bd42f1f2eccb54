namespace StreamChat.Gateway.Http;

/// <summary>What YYChat's addresses answer with.</summary>
internal sealed record YYChatReply<T>(string Status, T Data)
{
    /// <summary>It could be had.</summary>
    public static YYChatReply<T> Success(T data) => new("success", data);
}

/// <summary><c>GET /ws/handlers</c>: what handles each type of message, and what every message passes before that.</summary>
internal sealed record HandlerList(IReadOnlyDictionary<string, string> Handlers, IReadOnlyList<string> Middleware);
