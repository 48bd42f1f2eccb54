namespace StreamChat.UnitTests.Gateway.Dialects;

/// <summary>Frames that no sensible client sends: a dialect must have an answer to each, and none may throw.</summary>
internal static class HardFrames
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "5", "1e999", "-1e999", "1." + new string('1', 400), new string('9', 5000), "\"\"", "\" \"", "\"x\"",
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"😀\"", "[]", "[[]]", "{}", """{"a":1}""", """{"\ud800":1}""", """{"a":1,"a":2}""",
        "\"" + new string('x', 5000) + "\"", new string('[', 60) + new string(']', 60), new string('[', 5000) + new string(']', 5000),
    ];

    // every field of any dialect's, so that each value stands in each place
    private static readonly string[] Templates =
    [
        "{0}", "{\"type\":{0}}", "{\"type\":\"ping\",\"content\":{0},\"id\":{0}}", "{\"type\":\"health_chat\",\"data\":{0}}",
        "{\"type\":\"health_chat\",\"data\":{\"message\":{0}}}", "{\"type\":\"health_chat\",\"data\":{\"message\":\"a\",\"context\":{0}}}",
        "{\"type\":\"general_chat\",\"data\":{\"message\":\"a\"},\"conversation_id\":{0},\"active_member_id\":{0}}",
        "{\"type\":\"switch_member\",\"data\":{\"target_member_id\":{0}}}", "{\"type\":\"get_status\",\"data\":{0},{0}:1}",
        "{\"type\":\"agent_query\",\"query\":{0}}", "{\"type\":\"streaming_query\",\"query\":{0},\"type\":\"agent_query\"}",
        "{\"type\":\"tool_call\",\"tool_name\":{0}}", "{\"type\":\"tool_call\",\"tool_name\":\"calculator\",\"params\":{0}}",
        "{\"type\":\"tool_call\",\"tool_name\":\"calculator\",\"params\":{\"expression\":{0}}}", "{\"type\":\"cancel\",\"x\":{0}}",
    ];

    public static IEnumerable<TheoryDataRow<string>> All =>
        from template in Templates from value in Values select new TheoryDataRow<string>(template.Replace("{0}", value, StringComparison.Ordinal));
}
