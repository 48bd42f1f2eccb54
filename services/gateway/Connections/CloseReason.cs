using System.Net.WebSockets;

namespace StreamChat.Gateway.Connections;

/// <summary>
/// Why a connection ends, and the code that tells the client whether to come back: a closed list. Client and network failures
/// have no code, for nobody is there to read it.
/// </summary>
internal sealed record CloseReason(string Name, WebSocketCloseStatus Status, string Text)
{
    /// <summary>Close code 1012, service restart (IANA registry); .NET has no name for it.</summary>
    private const WebSocketCloseStatus ServiceRestart = (WebSocketCloseStatus)1012;

    /// <summary>Close code 1013, try again later (IANA registry).</summary>
    private const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;

    /// <summary>Codes of our own, which clients of the five protocols already know as "log in again".</summary>
    private const WebSocketCloseStatus Expired = (WebSocketCloseStatus)4001;

    private const WebSocketCloseStatus Revoked = (WebSocketCloseStatus)4003;

    /// <summary>Whether the network connection ends when the close code is sent, without waiting for the client's own.</summary>
    public bool EndsFast { get; private init; }

    public static readonly CloseReason ClientClosed = new("client_closed", WebSocketCloseStatus.NormalClosure, "");
    public static readonly CloseReason Lost = new("lost", WebSocketCloseStatus.NormalClosure, "");
    public static readonly CloseReason Idle = new("idle", WebSocketCloseStatus.NormalClosure, "Idle");

    /// <summary>A client that had answered ping frames does so no more.</summary>
    public static readonly CloseReason Unanswered = new("unanswered", WebSocketCloseStatus.NormalClosure, "");
    public static readonly CloseReason TooLarge = new("too_large", WebSocketCloseStatus.MessageTooBig, "Frame too large");

    /// <summary>Text that is not UTF-8 (1007) or a malformed WebSocket frame (1002); the socket itself has sent the code.</summary>
    public static readonly CloseReason ProtocolError = new("protocol_error", WebSocketCloseStatus.ProtocolError, "");
    public static readonly CloseReason BadFrames = new("bad_frames", WebSocketCloseStatus.PolicyViolation, "Too many bad frames");

    /// <summary>A message that had begun was not complete in time.</summary>
    public static readonly CloseReason FrameTimeout = new("frame_timeout", WebSocketCloseStatus.PolicyViolation, "Message not completed in time");

    /// <summary>
    /// Unfinished messages hold too much memory, and this one's held most. Ends fast, since the memory is needed: the client is in the
    /// middle of a message and cannot answer a close anyway.
    /// </summary>
    public static readonly CloseReason UnreadBytes = new("unread_bytes", TryAgainLater, "Too many unfinished messages; try again") { EndsFast = true };
    public static readonly CloseReason TokenExpired = new("token_expired", Expired, "Token expired");
    public static readonly CloseReason TokenRevoked = new("token_revoked", Revoked, "Token revoked");
    public static readonly CloseReason Slow = new("slow", TryAgainLater, "Too slow; attach again");
    public static readonly CloseReason Restart = new("restart", ServiceRestart, "Server restarts");
    public static readonly CloseReason Failed = new("failed", WebSocketCloseStatus.InternalServerError, "Internal error");
}
