using System.Text.Json;

namespace StreamChat.TestSupport.Models;

/// <summary>How an endpoint with the interface of Anthropic answers, rightly and wrongly.</summary>
public static class AnthropicScripts
{
    /// <summary>A whole answer.</summary>
    public static ModelScript Text(params string[] deltas) => Answer("end_turn", TextBlock(0, deltas));

    /// <summary>Any blocks, then the end.</summary>
    public static ModelScript Answer(string stopReason, params string[][] blocks) => async answer =>
    {
        await BeginAsync(answer);
        foreach (var data in blocks.SelectMany(b => b))
        {
            await SayAsync(answer, data);
        }

        await SayAsync(answer, JsonSerializer.Serialize(
            new { type = "message_delta", delta = new { stop_reason = stopReason, stop_sequence = (string?)null }, usage = new { output_tokens = 7 } }));
        await SayAsync(answer, """{"type":"message_stop"}""");
    };

    /// <summary>Breaks off after some text.</summary>
    public static ModelScript CutAfter(string text) => async answer =>
    {
        answer.WillBreakOff();
        await BeginAsync(answer);
        foreach (var data in TextBlock(0, text).SkipLast(1))
        {
            await SayAsync(answer, data);
        }
    };

    /// <summary>Says in the middle of the stream that it failed.</summary>
    public static ModelScript ErrorAfter(string text, string type) => async answer =>
    {
        await BeginAsync(answer);
        foreach (var data in TextBlock(0, text).SkipLast(1))
        {
            await SayAsync(answer, data);
        }

        await SayAsync(answer, Error(type));
    };

    /// <summary>Has too much to do.</summary>
    public static ModelScript Overloaded => answer => answer.StatusAsync(529, Error("overloaded_error"));

    /// <summary>Takes no more requests.</summary>
    public static ModelScript RateLimited => answer => answer.StatusAsync(429, Error("rate_limit_error"), ("Retry-After", "600"));

    /// <summary>Refuses the key.</summary>
    public static ModelScript BadKey(string key) => answer => answer.StatusAsync(401, Error("authentication_error", $"invalid x-api-key {key}"));

    /// <summary>The conversation is too long.</summary>
    public static ModelScript TooLong => answer => answer.StatusAsync(400, Error("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"));

    /// <summary>A block of text.</summary>
    public static string[] TextBlock(int index, params string[] deltas) =>
        Block(index, new { type = "text", text = "" }, deltas.Select(object (text) => new { type = "text_delta", text }));

    /// <summary>A block of thinking.</summary>
    public static string[] ThinkingBlock(int index, params string[] deltas) => Block(
        index,
        new { type = "thinking", thinking = "", signature = "" },
        deltas.Select(object (thinking) => new { type = "thinking_delta", thinking }).Append(new { type = "signature_delta", signature = "c2ln" }));

    /// <summary>A block with a call, its arguments in pieces.</summary>
    public static string[] CallBlock(int index, string id, string name, params string[] arguments) => Block(
        index,
        new { type = "tool_use", id, name, input = new { } },
        arguments.Select(object (piece) => new { type = "input_json_delta", partial_json = piece }));

    private static string[] Block(int index, object start, IEnumerable<object> deltas) =>
    [
        JsonSerializer.Serialize(new { type = "content_block_start", index, content_block = start }),
        .. deltas.Select(delta => JsonSerializer.Serialize(new { type = "content_block_delta", index, delta })),
        JsonSerializer.Serialize(new { type = "content_block_stop", index }),
    ];

    private static Task BeginAsync(ModelAnswer answer) => SayAsync(
        answer,
        """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"served","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":11,"output_tokens":1}}}""");

    private static Task SayAsync(ModelAnswer answer, string data)
    {
        using var json = JsonDocument.Parse(data);
        return answer.EventAsync(data, json.RootElement.GetProperty("type").GetString());
    }

    private static string Error(string type, string message = "") => JsonSerializer.Serialize(
        new { type = "error", error = new { type, message = $"{message} {OpenAIScripts.ErrorText}" }, request_id = "req_1" });
}
