namespace StreamChat.UnitTests.Gateway.Dialects;

/// <summary>Frames that are text, and that no client sends.</summary>
public static class OddFrames
{
    private static readonly string[] Values =
    [
        "null", "true", "-0", "1e999", "123456789012345678901234567890", "\"\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\u0000\"", "\"😀\"", "[]", "{}", "[[[[1]]]]",
        """{"type":"text_message"}""", """{"\ud800":1}""",
    ];

    private static readonly string[] Names =
        ["type", "content", "conversation_id", "personality_id", "use_tools", "stream", "timestamp", "client_id", "query", "session_id", "verbose", "\\ud800", ""];

    public static TheoryData<string> All =>
    [
        .. Values,
        .. Names.SelectMany(name => Values.Select(value => $$"""{"{{name}}":{{value}}}""")),
        .. Names.SelectMany(name => Values.Select(value => $$"""{"type":"text_message","content":"hi","query":"hi","{{name}}":{{value}}}""")),
        .. Names.SelectMany(name => Values.Select(value => $$"""{"query":"hi","{{name}}":{{value}}}""")),
        "", " ", "\ufeff{}", "{} {}", "{", "\"", "{\"type\":\"ping\",}", "{\"type\":\"ping\"/**/}", "NaN",
        """{"type":"ping","type":"heartbeat"}""", """{"query":"a","query":5}""",
        new string('[', 100_000),
        $$"""{"type":"ping","x":{{new string('[', 65)}}{{new string(']', 65)}}}""",
    ];
}
