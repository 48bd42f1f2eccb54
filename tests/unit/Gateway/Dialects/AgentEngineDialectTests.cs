using System.Text.Json;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Events;
using StreamChat.Gateway;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.AgentEngine;
using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Gateway.Dialects;

public sealed class AgentEngineDialectTests
{
    private const string Time = "\"timestamp\":1.5";
    private const string Query = """{"type":"agent_query","query":"a"}""";
    private const string Streaming = """{"type":"streaming_query","query":"a"}""";
    private const string ToolCall = """{"type":"tool_call","tool_name":"calculator","params":{"expression":"123 + 456"}}""";

    private readonly SessionProbe _session = new(
        new AgentEngineDialect(Options.Create(new LimitsOptions { MessageCharacters = 20 }), new MessageExtensions([new MessageExtension("agent-engine", "dance")])), "anonymous")
    {
        Now = DateTimeOffset.UnixEpoch.AddSeconds(1.5),
    };

    [Fact]
    public void The_first_frame_has_no_time() => AssertFrames(
        _session.Encode(new Welcome("g.1", "anonymous", TimeSpan.FromSeconds(30))),
        """{"type":"connected","connection_id":"g.1","message":"Connected to Agent WebSocket"}""");

    [Fact]
    public void A_ping_is_answered()
    {
        Assert.IsType<PingRequest>(_session.Parse("""{"type":"ping"}"""));
        AssertFrames(_session.Encode(new Pong(null)), $$"""{"type":"pong",{{Time}}}""");
    }

    [Fact]
    public void A_query_is_answered_as_one()
    {
        AssertFrames(_session.Send(Query).Answer, $$"""{"type":"status","status":"processing",{{Time}}}""");
        AssertFrames(
            _session.SayAll(Started(), Start(), Delta("Hello "), Delta("world"), Finished()),
            $$"""{"type":"agent_response","content":"Hello world","vendor":"unknown",{{Time}}}""");
    }

    [Theory]
    [InlineData("""{"provider":"openai"}""", "openai")]
    [InlineData("""{"provider":""}""", "unknown")]
    [InlineData("""{"provider":5}""", "unknown")]
    [InlineData("[]", "unknown")]
    public void The_vendor_is_the_provider_that_the_run_names(string result, string vendor)
    {
        _session.Send(Query);
        var answer = Assert.Single(_session.SayAll(Started(), Start(), Delta("a"), Finished() with { Result = JsonElement.Parse(result) }));
        Assert.Equal(vendor, answer.GetProperty("vendor").GetString());
    }

    [Fact]
    public void A_streaming_query_is_answered_piece_by_piece()
    {
        AssertFrames(_session.Send(Streaming).Answer, $$"""{"type":"stream_start",{{Time}}}""");
        AssertFrames(
            _session.SayAll(Started(), Start(), Delta("你好"), Delta(" 😀"), new ToolCallStart { Seq = 0, ToolCallId = "c", ToolCallName = "t" }, Finished()),
            $$"""{"type":"stream_chunk","content":"你好",{{Time}}}""",
            $$"""{"type":"stream_chunk","content":" 😀",{{Time}}}""",
            $$"""{"type":"stream_end",{{Time}}}""");
    }

    [Fact]
    public void All_queries_of_a_connection_are_one_conversation_that_no_other_has()
    {
        var query = Assert.IsType<AgentEngineQuery>(_session.Parse(Query));
        Assert.Equal("~agent-engine/anonymous/g.1", query.ThreadId);
        Assert.Equal(query.ThreadId, Assert.IsType<AgentEngineQuery>(_session.Parse(Streaming)).ThreadId);
        Assert.Null(query.Agent);
    }

    [Theory]
    [InlineData("5", "5")]
    [InlineData("1.50", "1.50")]
    [InlineData("true", "true")]
    [InlineData("\" x \"", " x ")]
    public void A_number_or_a_boolean_is_taken_as_its_text(string query, string text) =>
        Assert.Equal(text, Assert.IsType<AgentEngineQuery>(_session.Parse($$"""{"type":"agent_query","query":{{query}}}""")).Messages.Single().Content);

    [Fact]
    public void A_tool_call_is_read_and_its_result_keeps_its_type()
    {
        var call = Assert.IsType<ToolCallRequest>(_session.Parse(ToolCall));
        Assert.Equal(("calculator", """{"expression":"123 + 456"}""", true), (call.Name, call.Arguments.GetRawText(), call.IsTurn));
        Assert.Equal("{}", Assert.IsType<ToolCallRequest>(_session.Parse("""{"type":"tool_call","tool_name":"t"}""")).Arguments.GetRawText());
        Assert.Equal("{}", Assert.IsType<ToolCallRequest>(_session.Parse("""{"type":"tool_call","tool_name":"t","params":null}""")).Arguments.GetRawText());
        foreach (var result in new[] { "579", "\"579\"", "null", "[1]", """{"a":1.50}""", "true" })
        {
            AssertFrames(
                _session.Encode(new ToolCalled("calculator", JsonElement.Parse(result), null)),
                $$"""{"type":"tool_result","tool_name":"calculator","result":{{result}},{{Time}}}""");
        }

        // a null does not survive the bus
        Assert.Equal(JsonValueKind.Null, Assert.Single(_session.Encode(new ToolCalled("t", null, null))).GetProperty("result").ValueKind);
    }

    [Theory]
    [InlineData("nowhere", "Tool not found: nowhere", "Tool not found: nowhere")]
    [InlineData("calculator", "Division by zero.", "Tool call failed: Division by zero.")]
    [InlineData("calculator", "Tool not found: nowhere", "Tool call failed: Tool not found: nowhere")]
    public void A_failed_tool_call_is_an_error(string tool, string error, string expected) => AssertFrames(
        _session.Encode(new ToolCalled(tool, null, error)), $$"""{"type":"error","error":"{{expected}}",{{Time}}}""");

    [Theory]
    [InlineData("", "Invalid JSON format")]
    [InlineData("hello", "Invalid JSON format")]
    [InlineData("{} {}", "Invalid JSON format")]
    [InlineData("[]", "Message must be a JSON object")]
    [InlineData("5", "Message must be a JSON object")]
    [InlineData("null", "Message must be a JSON object")]
    [InlineData("{}", "Unknown message type: None")]
    [InlineData("""{"type":null}""", "Unknown message type: None")]
    [InlineData("""{"type":true}""", "Unknown message type: True")]
    [InlineData("""{"type":false}""", "Unknown message type: False")]
    [InlineData("""{"type":7}""", "Unknown message type: 7")]
    [InlineData("""{"type":"Ping"}""", "Unknown message type: Ping")]
    [InlineData("""{"type":"\ud800"}""", "Text holds an unpaired surrogate")]
    [InlineData("""{"type":"agent_query"}""", "Query is required")]
    [InlineData("""{"type":"agent_query","query":null}""", "Query is required")]
    [InlineData("""{"type":"streaming_query","query":""}""", "Query is required")]
    [InlineData("""{"type":"streaming_query","query":" \t"}""", "Query is required")]
    [InlineData("""{"type":"agent_query","query":0}""", "Query is required")]
    [InlineData("""{"type":"agent_query","query":false}""", "Query is required")]
    [InlineData("""{"type":"agent_query","query":{}}""", "Query is required")]
    [InlineData("""{"type":"agent_query","query":[]}""", "Query is required")]
    [InlineData("""{"type":"agent_query","query":{"a":1}}""", "Query must be text")]
    [InlineData("""{"type":"agent_query","query":["a"]}""", "Query must be text")]
    [InlineData("""{"type":"agent_query","query":"\ud800"}""", "Text holds an unpaired surrogate")]
    [InlineData("""{"type":"agent_query","query":"123456789012345678901"}""", "Query is too long: 21 characters, at most 20 are allowed")]
    [InlineData("""{"type":"tool_call"}""", "Tool name is required")]
    [InlineData("""{"type":"tool_call","tool_name":""}""", "Tool name is required")]
    [InlineData("""{"type":"tool_call","tool_name":5}""", "Tool not found: 5")]
    [InlineData("""{"type":"tool_call","tool_name":"t","params":[]}""", "Tool call failed: params must be a JSON object")]
    [InlineData("""{"type":"tool_call","tool_name":"t","params":"x"}""", "Tool call failed: params must be a JSON object")]
    [InlineData("""{"type":"tool_call","tool_name":"t","params":{"x":"\ud800"}}""", "Text holds an unpaired surrogate")]
    public void A_bad_frame_gets_its_error(string frame, string error)
    {
        var (parsed, answer) = _session.Send(frame);
        Assert.IsType<InvalidFrame>(parsed);
        AssertFrames(answer, $$"""{"type":"error","error":"{{error}}",{{Time}}}""");
    }

    [Fact]
    public void A_binary_frame_gets_its_error() => AssertFrames(
        _session.Encode(_session.BinaryFault), $$"""{"type":"error","error":"Binary messages are not supported",{{Time}}}""");

    [Theory]
    [InlineData("connected")]
    [InlineData("pong")]
    [InlineData("stream_chunk")]
    [InlineData("cancelled")]
    [InlineData("error")]
    public void What_only_a_server_says_is_ignored(string type)
    {
        var (frame, answer) = _session.Send($$"""{"type":"{{type}}"}""");
        Assert.IsType<IgnoredFrame>(frame);
        Assert.Empty(answer);
    }

    [Fact]
    public void An_added_kind_of_message_is_read_whole() =>
        Assert.Equal("""{"type":"dance","step":1}""", Assert.IsType<ExtensionRequest>(_session.Parse("""{"type":"dance","step":1}""")).Message.GetRawText());

    [Fact]
    public void Parameters_leave_room_for_the_message_that_carries_them()
    {
        const int Depth = 64;
        Assert.IsType<ToolCallRequest>(_session.Parse(Nested(Depth - 3)));
        Assert.IsType<InvalidFrame>(_session.Parse(Nested(Depth - 2)));

        static string Nested(int arrays) => $$$"""{"type":"tool_call","tool_name":"t","params":{"a":{{{new string('[', arrays)}}}{{{new string(']', arrays)}}}}}""";
    }

    [Theory]
    [InlineData(Query, "Query failed: Please try again.")]
    [InlineData(Streaming, "Streaming failed: Please try again.")]
    public void A_failure_is_one_error_and_no_end(string request, string error)
    {
        _session.Send(request);
        _session.SayAll(Started(), Start(), Delta("half"));
        AssertFrames(
            _session.Say(new RunError { Seq = 0, Code = RunErrorCodes.ModelError, Message = "Please try again." }), $$"""{"type":"error","error":"{{error}}",{{Time}}}""");
        Assert.Empty(_session.Say(Finished()));
    }

    [Theory]
    [InlineData(FaultCodes.TooManyRequests, Query, "Too many requests")]
    [InlineData(FaultCodes.RateLimited, ToolCall, "Too many requests")]
    [InlineData(FaultCodes.Busy, Query, "Query failed: why")]
    [InlineData(FaultCodes.Unavailable, Streaming, "Streaming failed: why")]
    [InlineData(FaultCodes.Internal, ToolCall, "Tool call failed: why")]
    public void A_request_that_cannot_be_served_gets_its_error(string code, string request, string error) => AssertFrames(
        _session.Encode(new Fault(code, "why") { Request = _session.Parse(request) }), $$"""{"type":"error","error":"{{error}}",{{Time}}}""");

    [Fact]
    public void Nothing_is_said_of_what_is_being_cancelled_and_the_word_comes_last()
    {
        _session.Send(Streaming);
        Assert.Single(_session.SayAll(Started(), Start(), Delta("a")));
        var (cancel, answer) = _session.Send("""{"type":"cancel"}""");
        Assert.Equal(new CancelAllRequest(), cancel);
        Assert.Empty(answer);
        Assert.Empty(_session.Say(Delta("b")));
        Assert.Empty(_session.Say(new RunError { Seq = 0, Code = RunErrorCodes.Cancelled, Message = "The run was cancelled." }));
        Assert.Empty(_session.Encode(new ToolCalled("t", JsonElement.Parse("1"), null)));
        AssertFrames(_session.Encode(new AllCancelled()), $$"""{"type":"cancelled",{{Time}}}""");

        // one that did not stop in time is not heard of either
        Assert.Empty(_session.SayAll(Delta("c"), Finished()));

        // and the next one is
        Assert.Single(_session.Send(Streaming).Answer);
        Assert.Equal(2, _session.SayAll(Started(), Start(), Delta("d"), Finished()).Count);
    }

    [Fact]
    public void A_new_attempt_says_no_word_twice()
    {
        _session.Send(Streaming);
        _session.SayAll(Started(), Start(), Delta("one two"));
        Assert.Empty(Again(Started(keep: 0), Start(), Delta("one ")));
        AssertFrames(
            Again(Delta("two three"), Finished()), $$"""{"type":"stream_chunk","content":" three",{{Time}}}""", $$"""{"type":"stream_end",{{Time}}}""");
    }

    [Fact]
    public void A_new_attempt_that_says_something_else_begins_the_stream_anew()
    {
        _session.Send(Streaming);
        _session.SayAll(Started(), Start(), Delta("one two"));
        AssertFrames(
            Again(Started(keep: 0), Start(), Delta("one three")), $$"""{"type":"stream_start",{{Time}}}""", $$"""{"type":"stream_chunk","content":"one three",{{Time}}}""");
    }

    [Fact]
    public void A_new_attempt_of_a_query_that_is_answered_as_one_is_not_seen()
    {
        _session.Send(Query);
        _session.SayAll(Started(), Start(), Delta("one two"));
        Assert.Equal("one three", Assert.Single(Again(Started(keep: 0), Start(), Delta("one three"), Finished())).GetProperty("content").GetString());
    }

    [Theory]
    [MemberData(nameof(HardFrames.All), MemberType = typeof(HardFrames))]
    public void Any_json_is_read_without_an_exception(string frame)
    {
        var (parsed, answer) = _session.Send(frame);
        Assert.True(parsed is InvalidFrame == (answer is [.., var last] && last.GetProperty("type").GetString() == "error"), frame);
    }

    private IReadOnlyList<JsonElement> Again(params RunEvent[] events) => [.. events.SelectMany(e => _session.Say(e, attempt: 2))];

    private static RunStarted Started(int? keep = null) => new() { Seq = 0, ThreadId = "t", KeepMessages = keep };

    private static TextMessageStart Start() => new() { Seq = 0, MessageId = "m", Role = "assistant" };

    private static TextMessageContent Delta(string text) => new() { Seq = 0, MessageId = "m", Delta = text };

    private static RunFinished Finished() => new() { Seq = 0, ThreadId = "t" };

    private static void AssertFrames(IReadOnlyList<JsonElement> frames, params string[] expected)
    {
        Assert.Equal(expected.Length, frames.Count);
        Assert.All(frames.Zip(expected), pair => Assert.True(JsonElement.DeepEquals(JsonElement.Parse(pair.Second), pair.First), pair.First.GetRawText()));
    }
}
