using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Models;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using static StreamChat.UnitTests.AgentWorker.Agents.AgentRun;

namespace StreamChat.UnitTests.AgentWorker.Agents;

/// <summary>What becomes of the pieces that a model's reply comes in.</summary>
public sealed class ModelRepliesTests
{
    private readonly AgentRun _run = new();

    [Fact]
    public async Task A_call_is_told_of_as_it_is_written_once_and_after_the_text_that_it_came_out_of()
    {
        await ExecuteAsync(
            [Text("Let me see."), Piece("c1", ""), Piece("c1", "{\"ci"), Piece("c1", "ty\":1}"), Whole("c1", ("city", 1)), Whole("c2")],
            [Text("Sunny.")]);

        Assert.Equal(
            [
                "STEP", "TEXT 1", "Let me see.", "/TEXT 1", "CALL c1 of 1", "{\"ci", "ty\":1}", "/CALL c1", "CALL c2 of 1", "{}", "/CALL c2", "RESULT c1", "RESULT c2",
                "TEXT 2", "Sunny.", "/TEXT 2", "/STEP",
            ],
            Events());
        var stored = _run.Transcript.Messages();
        Assert.Equal("[{\"id\":\"c1\",\"name\":\"weather\",\"arguments\":{\"city\":1}},{\"id\":\"c2\",\"name\":\"weather\",\"arguments\":{}}]", stored[0].ToolCalls);
    }

    [Fact]
    public async Task A_call_without_arguments_has_an_empty_object_for_them()
    {
        await ExecuteAsync([Piece("c1", ""), Whole("c1")], [Text("Sunny.")]);

        Assert.Equal(["STEP", "CALL c1 of none", "{}", "/CALL c1", "RESULT c1", "TEXT 2", "Sunny.", "/TEXT 2", "/STEP"], Events());
    }

    [Fact]
    public async Task A_hand_off_in_pieces_is_not_told_of_as_a_call()
    {
        await ExecuteAsync([new ToolCallDelta("c1", "transfer_to_weather", "{}"), Call("c1", "transfer_to_weather")], [Text("Rain.")]);

        Assert.Empty(_run.Events.OfType<ToolCallStart>());
        Assert.Equal(["Triage Agent", "Weather Agent"], _run.Agents);
    }

    [Fact]
    public async Task Thinking_is_told_of_and_kept_out_of_the_conversation()
    {
        await ExecuteAsync([new TextReasoningContent("Hm"), new TextReasoningContent(", well."), Text("Yes."), Whole("c1")], [new TextReasoningContent("So."), Text("Done.")]);

        Assert.Equal(
            [
                "STEP", "THINK", "(Hm)", "(, well.)", "/THINK", "TEXT 1", "Yes.", "/TEXT 1", "CALL c1 of 1", "{}", "/CALL c1", "RESULT c1",
                "THINK", "(So.)", "/THINK", "TEXT 2", "Done.", "/TEXT 2", "/STEP",
            ],
            Events());
        Assert.Equal(2, _run.Events.OfType<ReasoningMessageStart>().Select(r => r.MessageId).Distinct().Count());
        Assert.Equal(["Yes.", "done", "Done."], _run.Transcript.Messages().Select(m => m.Content));
        Assert.DoesNotContain(_run.Asked[1].Messages.SelectMany(m => m.Contents), c => c is TextReasoningContent);
    }

    [Fact]
    public async Task Text_after_a_call_is_a_message_of_its_own_and_both_are_kept()
    {
        await ExecuteAsync([Text("One."), Piece("c1", "{}"), Text("Two."), Whole("c1")], [Text("Three.")]);

        Assert.Equal(
            ["STEP", "TEXT 1", "One.", "/TEXT 1", "CALL c1 of 1", "{}", "TEXT 2", "Two.", "/TEXT 2", "/CALL c1", "RESULT c1", "TEXT 3", "Three.", "/TEXT 3", "/STEP"],
            Events());
        Assert.Equal(["One.", "Two.", "done", "Three."], _run.Transcript.Messages().Select(m => m.Content));
        Assert.Equal("One.Two.", _run.Asked[1].Messages[2].Text);
    }

    [Fact]
    public async Task Arguments_that_are_no_object_become_an_error_that_the_model_sees()
    {
        var broken = FunctionCallContent.CreateFromParsedArguments("{\"city\":", "c1", "weather", json => JsonSerializer.Deserialize<Dictionary<string, object?>>(json)!);
        await ExecuteAsync([Piece("c1", "{\"city\":"), broken], [Text("Which city?")]);

        Assert.Empty(_run.Called);
        var result = _run.Asked[1].Messages[^1].Contents.OfType<FunctionResultContent>().Single();
        Assert.StartsWith("Error: The arguments of the call are not a JSON object.", result.Result!.ToString(), StringComparison.Ordinal);
        Assert.True(_run.Events.OfType<ToolCallResult>().Single().IsError);
        Assert.Equal("Which city?", _run.Said);
    }

    [Fact]
    public async Task Pieces_of_too_many_calls_are_a_limit_too()
    {
        var failure = await Assert.ThrowsAsync<RunLimitException>(() => _run.ExecuteAsync(
            Task(), [("Limits:Run:ToolCalls", "2")], [Piece("c1", ""), Piece("c2", ""), Piece("c3", "")]));

        Assert.Contains("more than 2 tools", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_never_stops_is_stopped_by_what_it_says_and_what_it_said_is_kept()
    {
        var failure = await Assert.ThrowsAsync<RunLimitException>(() => _run.ExecuteAsync(Task(), [("Limits:Run:OutputTokens", "100")], new Endless()));

        Assert.Equal("The answer took more than 100 tokens and was stopped.", failure.Message);
        var stored = Assert.Single(_run.Transcript.Messages());
        Assert.True(stored.Partial);
        Assert.InRange(stored.Content.Length, 400, 410);
    }

    [Fact]
    public async Task The_tokens_of_all_replies_count_as_they_are_reported()
    {
        var failure = await Assert.ThrowsAsync<RunLimitException>(() => _run.ExecuteAsync(
            Task(), [("Limits:Run:OutputTokens", "100")], [Whole("c1"), Used(60)], [Whole("c2"), Used(60)], [Text("never said")]));

        Assert.Contains("100 tokens", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, _run.Asked.Count);
    }

    [Fact]
    public async Task The_result_tells_who_answered_and_what_all_replies_took()
    {
        await ExecuteAsync([Whole("c1"), Used(60)], [Text("Done."), Used(5)]);

        Assert.Equal("""{"provider":"unknown","model":"unknown","agent":"Triage Agent","inputTokens":20,"outputTokens":65}""", _run.Transcript.Result?.GetRawText());
    }

    [Fact]
    public async Task Pictures_are_shown_to_the_model()
    {
        var images = Conversation.ToStored([new InputImage { MediaType = "image/png", Data = "AQ ID" }, new InputImage { MediaType = "image/jpeg", Url = "https://example.org/a.jpg" }]);
        await _run.ExecuteAsync(Task() with { Messages = [User("What is it?") with { Images = images }] }, [], [Text("A cat.")]);

        var contents = _run.Asked[0].Messages[1].Contents;
        Assert.Equal(("image/png", "AQID"), (((DataContent)contents[1]).MediaType, Convert.ToBase64String(((DataContent)contents[1]).Data.Span)));
        Assert.Equal(("image/jpeg", "https://example.org/a.jpg"), (((UriContent)contents[2]).MediaType, ((UriContent)contents[2]).Uri.ToString()));
    }

    private static AgentTask Task() => new() { RunId = Guid.Empty, ThreadId = "t", UserId = "ada", Messages = [User("go")], Agent = null };

    private static ToolCallDelta Piece(string id, string arguments) => new(id, "weather", arguments);

    private static FunctionCallContent Whole(string id, params (string Name, object? Value)[] arguments) =>
        new(id, "weather", arguments.ToDictionary(a => a.Name, a => a.Value));

    private static UsageContent Used(int output) => new(new UsageDetails { InputTokenCount = 10, OutputTokenCount = output });

    private Task ExecuteAsync(params AIContent[][] answers) => _run.ExecuteAsync(Task(), [("Agents:Team:triage:Tools:0", "*")], answers);

    private IEnumerable<string> Events() => _run.Events.Where(e => e is not Custom).Select(e => e switch
    {
        StepStarted => "STEP",
        StepFinished => "/STEP",
        TextMessageStart text => $"TEXT {Number(text.MessageId)}",
        TextMessageContent text => text.Delta,
        TextMessageEnd text => $"/TEXT {Number(text.MessageId)}",
        ReasoningMessageStart => "THINK",
        ReasoningMessageContent reasoning => $"({reasoning.Delta})",
        ReasoningMessageEnd => "/THINK",
        ToolCallStart call => $"CALL {call.ToolCallId} of {(call.ParentMessageId is { } parent ? Number(parent) : "none")}",
        ToolCallArgs args => args.Delta,
        ToolCallEnd call => $"/CALL {call.ToolCallId}",
        ToolCallResult result => $"RESULT {result.ToolCallId}",
        _ => e.GetType().Name,
    });

    private static string Number(string messageId) => messageId[(messageId.LastIndexOf('-') + 1)..];

    private sealed class Endless : IChatClient
    {
        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            while (true)
            {
                await System.Threading.Tasks.Task.Yield();
                yield return new ChatResponseUpdate(ChatRole.Assistant, "and on ");
            }
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
