using System.Text.Json;

namespace StreamChat.TestSupport.Models;

/// <summary>How an endpoint with the interface of OpenAI answers, rightly and wrongly.</summary>
public static class OpenAIScripts
{
    /// <summary>Stands in every error that this server sends; nobody else may ever see it.</summary>
    public const string ErrorText = "verbatim-words-of-the-provider";

    /// <summary>A whole answer.</summary>
    public static ModelScript Text(params string[] deltas) => Answer([.. deltas.Select(Content), Finish("stop")]);

    /// <summary>Any chunks, then the usage and the end.</summary>
    public static ModelScript Answer(params string[] chunks) => async answer =>
    {
        foreach (var chunk in chunks)
        {
            await answer.EventAsync(chunk);
        }

        await answer.EventAsync(Usage(11, 7));
        await answer.EventAsync("[DONE]");
    };

    /// <summary>An answer whose second half waits for something.</summary>
    public static ModelScript Slow(string first, Task until, string second) => async answer =>
    {
        await answer.EventAsync(Content(first));
        await answer.WaitAsync(until);
        await Text(second)(answer);
    };

    /// <summary>Breaks off after some text.</summary>
    public static ModelScript CutAfter(string text) => async answer =>
    {
        answer.WillBreakOff();
        await answer.EventAsync(Content(text));
    };

    /// <summary>Ends in order but too early: without saying why it ends.</summary>
    public static ModelScript EndAfter(string text) => answer => answer.EventAsync(Content(text));

    /// <summary>Sends something that is not JSON after some text.</summary>
    public static ModelScript MalformedAfter(string text) => async answer =>
    {
        await answer.EventAsync(Content(text));
        await answer.EventAsync("""{"choices":[{"delta":""" + ErrorText);
    };

    /// <summary>Sends an event larger than any answer after some text, and ends in order.</summary>
    public static ModelScript OversizeAfter(string text) => Answer(Content(text), Content(new string('x', 5 * 1024 * 1024)), Finish("stop"));

    /// <summary>Says in the middle of the stream that it failed.</summary>
    public static ModelScript ErrorAfter(string text, string code) => async answer =>
    {
        await answer.EventAsync(Content(text));
        await answer.EventAsync(Error(code));
    };

    /// <summary>Never answers.</summary>
    public static ModelScript Never => answer => answer.StallAsync();

    /// <summary>Falls silent after some text.</summary>
    public static ModelScript StallAfter(string text) => async answer =>
    {
        await answer.EventAsync(Content(text));
        await answer.StallAsync();
    };

    /// <summary>Takes no more requests.</summary>
    public static ModelScript RateLimited(string? retryAfter = null) => answer =>
        answer.StatusAsync(429, Error("rate_limit_exceeded"), retryAfter is null ? [] : [("Retry-After", retryAfter)]);

    /// <summary>Fails.</summary>
    public static ModelScript ServerError => answer => answer.StatusAsync(500, Error("server_error"));

    /// <summary>Refuses the key, and quotes it as OpenAI does.</summary>
    public static ModelScript BadKey(string key) => answer => answer.StatusAsync(401, Error("invalid_api_key", $"Incorrect API key provided: {key}."));

    /// <summary>The conversation is too long.</summary>
    public static ModelScript TooLong => answer => answer.StatusAsync(400, Error("context_length_exceeded"));

    /// <summary>Does not let the question through.</summary>
    public static ModelScript Filtered => answer => answer.StatusAsync(400, Error("content_filter"));

    /// <summary>Stops an answer that it does not let through.</summary>
    public static ModelScript FilteredAfter(string text) => Answer(Content(text), Finish("content_filter"));

    /// <summary>A piece of text.</summary>
    public static string Content(string text) => Delta(new { role = "assistant", content = text });

    /// <summary>A piece of thinking.</summary>
    public static string Reasoning(string text, string field = "reasoning_content") => Delta(new Dictionary<string, string> { [field] = text });

    /// <summary>The beginning of a call.</summary>
    public static string Call(int index, string id, string name, string arguments = "") =>
        Delta(new { tool_calls = new[] { new { index, id, type = "function", function = new { name, arguments } } } });

    /// <summary>More of a call's arguments.</summary>
    public static string More(int index, string arguments) => Delta(new { tool_calls = new[] { new { index, function = new { arguments } } } });

    /// <summary>Why it ends.</summary>
    public static string Finish(string reason) => Chunk(new[] { new { index = 0, delta = new { }, finish_reason = reason } }, usage: null);

    /// <summary>What it took.</summary>
    public static string Usage(int input, int output) =>
        Chunk(Array.Empty<object>(), new { prompt_tokens = input, completion_tokens = output, total_tokens = input + output });

    /// <summary>Any delta.</summary>
    public static string Delta(object delta) => Chunk(new[] { new { index = 0, delta, finish_reason = (string?)null } }, usage: null);

    private static string Chunk(object choices, object? usage) =>
        JsonSerializer.Serialize(new { id = "c", @object = "chat.completion.chunk", created = 1, model = "served", choices, usage });

    private static string Error(string code, string message = "") =>
        JsonSerializer.Serialize(new { error = new { message = $"{message} {ErrorText}", type = "invalid_request_error", code } });
}
