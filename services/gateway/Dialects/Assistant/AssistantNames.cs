using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StreamChat.Contracts.Rooms;

namespace StreamChat.Gateway.Dialects.Assistant;

/// <summary>What this protocol calls things.</summary>
internal static class AssistantNames
{
    private const int ConversationBytes = 16;
    private const int ConnectionBytes = 8;

    /// <summary>A connection's id: when it was opened, and 16 hex digits that the real id gives.</summary>
    public static string Connection(string connectionId, DateTimeOffset openedAt) => string.Create(
        CultureInfo.InvariantCulture, $"conn_{openedAt.UtcDateTime:yyyyMMddHHmmss}_{Digest(connectionId, ConnectionBytes)}");

    /// <summary>What clients know a conversation by that nobody has named: 32 hex digits, the same on every gateway.</summary>
    public static string Conversation(string threadId) => Digest(threadId, ConversationBytes);

    /// <summary>
    /// The conversation that a chat belongs to. One that is asked for by the id that we told of a room's is that room's.
    /// </summary>
    /// <param name="chat">The chat.</param>
    /// <param name="userId">Whose it is.</param>
    /// <param name="isIn">Whether its connection is in a room.</param>
    public static RunRequest Place(AssistantChat chat, string userId, Func<string, bool> isIn)
    {
        var own = RoomNames.PrivateRoom(userId);
        var room = chat.Rooms.FirstOrDefault(r => r == own || isIn(r)) ?? own;
        if (chat.ConversationId is { } wanted && wanted != Conversation(ThreadIds.OfRoom(room)))
        {
            if (wanted != Conversation(ThreadIds.OfRoom(own)))
            {
                return chat with { ThreadId = ThreadIds.Of(AssistantDialect.DialectName, userId, wanted) };
            }

            room = own;
        }

        return chat with { ThreadId = ThreadIds.OfRoom(room), RoomId = room };
    }

    private static string Digest(string text, int bytes) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, bytes));
}
