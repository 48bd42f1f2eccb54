using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace StreamChat.UnitTests.Gateway.Dialects;

/// <summary>JSON texts of every kind: those that a client would send, those with a field gone wrong, and those that are nothing at all.</summary>
internal static class AnyJson
{
    // what dialects look for, so that chance finds the way in
    private static readonly string[] Names =
    [
        "type", "content", "data", "message", "query", "session_id", "verbose", "tool_name", "params", "timestamp", "metadata", "id", "command",
        "args", "room_id", "runId", "threadId", "messages", "role", "token", "conversation_id", "personality_id", "use_tools", "stream", "context",
        "active_member_id", "target_member_id", "afterSeq", "attempt", "tools", "a",
    ];

    private static readonly string[] Words =
    [
        "chat", "ping", "pong", "heartbeat", "connect", "disconnect", "command", "run", "cancel", "attach", "join", "leave", "auth", "text_message",
        "get_status", "health_chat", "general_chat", "switch_member", "agent_query", "streaming_query", "tool_call", "switch_conversation", "user", "join_room",
        "create_room", "list_rooms", "error", "ai_response", "0192f0c1-7b1e-7c3a-9a55-0123456789ab", "2024-01-01T12:00:00Z", "", " ", "你好", "😀", "\u0000",
    ];

    // escapes that make half a character, a number that no type holds, a name twice
    private static readonly string[] Oddities =
        ["\"\\ud800\"", "\"\\udc00 x\"", "1e999", "-0", "123456789012345678901234567890", "{\"type\":\"chat\",\"type\":7}", "{\"\\ud800\":1}", "0.1e-400"];

    /// <summary>A JSON value as text.</summary>
    public static Gen<string> Value { get; } = Gen.Sized(size => Of(Math.Min(size, 30)));

    /// <summary>An object that has a known type, and other fields as chance has it.</summary>
    public static Gen<string> Frame { get; } =
        from type in Gen.Elements(Words)
        from fields in Fields(12)
        select Object([("type", JsonSerializer.Serialize(type)), .. fields]);

    /// <summary>Any text, mostly no JSON.</summary>
    public static Gen<string> Text { get; } =
        from value in Value
        from cut in Gen.Choose(0, value.Length)
        from more in ArbMap.Default.GeneratorFor<string>()
        select value[..cut] + more;

    /// <summary>A frame that may come: UTF-8, for the socket lets nothing else through.</summary>
    public static Gen<byte[]> Any { get; } =
        from text in Gen.OneOf(Value, Frame, Frame, Text)
        select Encoding.UTF8.GetBytes(text ?? "");

    private static Gen<string> Of(int size)
    {
        Gen<string> leaf = Gen.OneOf(
            Gen.Elements("null", "true", "false", "{}", "[]"),
            Gen.Elements(Oddities),
            Gen.Elements(Words).Select(w => JsonSerializer.Serialize(w)),
            ArbMap.Default.GeneratorFor<int>().Select(n => n.ToString(CultureInfo.InvariantCulture)),
            ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite).Select(n => n.ToString("R", CultureInfo.InvariantCulture)),
            ArbMap.Default.GeneratorFor<string>().Select(s => JsonSerializer.Serialize(s ?? "")));
        return size <= 1
            ? leaf
            : Gen.OneOf(leaf, Of(size / 3).ListOf(3).Select(items => $"[{string.Join(',', items)}]"), Fields(size / 3).Select(f => Object([.. f])));
    }

    private static Gen<List<(string Name, string Value)>> Fields(int size) =>
        from count in Gen.Choose(0, 6)
        from names in Gen.Elements(Names).ListOf(count)
        from values in Of(size).ListOf(count)
        select names.Zip(values).ToList();

    private static string Object(IReadOnlyList<(string Name, string Value)> fields) =>
        $"{{{string.Join(',', fields.Select(f => $"\"{f.Name}\":{f.Value}"))}}}";
}
