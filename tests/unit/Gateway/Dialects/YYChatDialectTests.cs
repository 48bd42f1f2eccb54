using System.Text.Json;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Events;
using StreamChat.Gateway;
using StreamChat.Gateway.Cluster;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.YYChat;
using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Gateway.Dialects;

public sealed class YYChatDialectTests
{
    // of SessionProbe's clock
    private const double Now = 1752410021.123;

    private readonly SessionProbe _client = new(NewDialect());

    [Fact]
    public void The_greeting_comes_before_the_first_reply_and_once()
    {
        var (_, first) = _client.Send("""{"type":"heartbeat"}""");
        var greeting = Assert.Single(first);
        Assert.Equal(["type", "client_id", "timestamp", "message"], greeting.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("connection_established", "连接已建立"), (Type(greeting), greeting.GetProperty("message").GetString()));
        Assert.Equal(Now, greeting.GetProperty("timestamp").GetDouble());
        Assert.True(Guid.TryParseExact(greeting.GetProperty("client_id").GetString(), "D", out _));

        Assert.Empty(_client.Send("""{"type":"heartbeat"}""").Answer);
        Assert.Empty(_client.Encode(new StillQuiet()));
    }

    [Fact]
    public void Who_stays_silent_is_greeted_once()
    {
        Assert.Equal("connection_established", Type(Assert.Single(_client.Encode(new StillQuiet()))));
        Assert.Empty(_client.Send("""{"type":"ping"}""").Answer);
    }

    [Fact]
    public void Heartbeat_ping_and_status_are_answered_at_once()
    {
        Assert.IsType<HeartbeatRequest>(_client.Parse("""{"type":"heartbeat","timestamp":1234567890.123}"""));
        Assert.IsType<PingRequest>(_client.Parse("""{"type":"ping","timestamp":"whatever","client_id":5}"""));
        var status = _client.Parse("""{"type":"get_status"}""");
        Assert.IsType<StatusRequest>(status);
        Assert.False(status.IsTurn);
        var clientId = Greet();
        AssertFrame($$"""{"type":"heartbeat_response","timestamp":{{Now}},"client_id":"{{clientId}}"}""", _client.Encode(new HeartbeatAnswered()));
        AssertFrame($$"""{"type":"pong","timestamp":{{Now}},"client_id":"{{clientId}}"}""", _client.Encode(new Pong(null)));
        AssertFrame(
            $$"""{"type":"status_response","data":{"total_connections":5,"active_connections":5,"total_messages":100,"max_connections":100,"uptime":60},"timestamp":{{Now}},"client_id":"{{clientId}}"}""",
            _client.Encode(new StatusAnswered(new DialectNumbers
            {
                Connections = 5,
                FramesSent = 100,
                TotalConnections = 77,
                TotalFramesSent = 7777,
                OldestOpenedAt = _client.Now.AddSeconds(-60),
            })));
    }

    [Fact]
    public void Without_connections_the_uptime_is_none()
    {
        var frame = Assert.Single(_client.Encode(new StatusAnswered(DialectNumbers.None)));
        Assert.Equal(0, frame.GetProperty("data").GetProperty("uptime").GetDouble());
    }

    [Fact]
    public void A_text_message_is_read_whole()
    {
        var text = Assert.IsType<TextMessageRequest>(_client.Parse(
            """{"type":"text_message","content":"你好","conversation_id":"c 1","personality_id":"poet","use_tools":false,"stream":false,"timestamp":1}"""));
        Assert.Equal(ThreadIds.Of("yychat", "ada", "c 1"), text.ThreadId);
        Assert.Equal(("poet", false, false, "c 1"), (text.Personality, text.UseTools, text.Stream, text.ConversationId));
        var message = Assert.Single(text.Messages);
        Assert.Equal(("user", "你好"), (message.Role, message.Content));
    }

    [Fact]
    public void What_is_left_out_has_its_default_and_the_connection_is_the_conversation()
    {
        var text = Assert.IsType<TextMessageRequest>(_client.Parse("""{"type":"text_message","content":"hi","conversation_id":null,"personality_id":""}"""));
        Assert.True(text is { UseTools: true, Stream: true, Personality: null, ConversationId: null });
        Assert.Equal(ThreadIds.Of("yychat", "ada", Greet()), text.ThreadId);
        Assert.Equal(text.ThreadId, Assert.IsType<TextMessageRequest>(_client.Parse("""{"type":"text_message","content":"again"}""")).ThreadId);
        Assert.NotEqual(text.ThreadId, Assert.IsType<TextMessageRequest>(new SessionProbe(NewDialect()).Parse("""{"type":"text_message","content":"hi"}""")).ThreadId);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("0", false)]
    [InlineData("\"off\"", false)]
    [InlineData("\"Yes\"", true)]
    public void Yes_and_no_are_read_as_their_own_server_read_them(string value, bool expected) =>
        Assert.Equal(expected, Assert.IsType<TextMessageRequest>(_client.Parse($$"""{"type":"text_message","content":"hi","use_tools":{{value}}}""")).UseTools);

    [Fact]
    public void A_stream_has_its_frames_in_order()
    {
        var clientId = Greet();
        List<JsonElement> frames = [.. _client.Send("""{"type":"text_message","content":"hi"}""").Answer];
        frames.AddRange(_client.SayAll(Started(), MessageStart("m1"), Delta("m1", "Hello"), Delta("m1", " there"), new RunFinished { Seq = 0, ThreadId = "t" }));
        Assert.Equal(["processing_start", "stream_start", "stream_chunk", "stream_chunk", "stream_chunk", "stream_end"], frames.Select(Type));
        Assert.Equal(["Hello", " there", ""], frames.Where(f => Type(f) == "stream_chunk").Select(f => f.GetProperty("content").GetString()));
        AssertFrame($$"""{"type":"processing_start","timestamp":{{Now}},"client_id":"{{clientId}}"}""", frames[..1]);
        AssertFrame($$"""{"type":"stream_chunk","content":"Hello","timestamp":{{Now}},"client_id":"{{clientId}}"}""", frames[2..3]);
        AssertFrame($$"""{"type":"stream_end","full_content":"Hello there","timestamp":{{Now}},"client_id":"{{clientId}}"}""", frames[^1..]);
    }

    [Theory]
    [InlineData("\"conversation_id\":\"c\",", "\"c\"")]
    [InlineData("", "null")]
    public void Without_streaming_the_answer_is_one_frame(string conversation, string told)
    {
        var clientId = Greet();
        List<JsonElement> frames = [.. _client.Send($$"""{"type":"text_message",{{conversation}}"content":"hi","stream":false}""").Answer];
        frames.AddRange(_client.SayAll(Started(), MessageStart("m1"), Delta("m1", "Hello"), Delta("m1", " there"), new RunFinished { Seq = 0, ThreadId = "t" }));
        Assert.Equal(["processing_start", "text_response"], frames.Select(Type));
        AssertFrame($$"""{"type":"text_response","content":"Hello there","conversation_id":{{told}},"timestamp":{{Now}},"client_id":"{{clientId}}"}""", frames[1..]);
    }

    [Fact]
    public void A_new_attempt_that_repeats_shows_no_word_twice()
    {
        Greet();
        _client.Send("""{"type":"text_message","content":"hi"}""");
        _client.SayAll(Started(), MessageStart("m1"), Delta("m1", "one two "));
        var again = _client.Say(Started(keep: 0), attempt: 2)
            .Concat(_client.Say(MessageStart("m1"), 2)).Concat(_client.Say(Delta("m1", "one "), 2)).Concat(_client.Say(Delta("m1", "two three"), 2))
            .Concat(_client.Say(new RunFinished { Seq = 0, ThreadId = "t" }, 2)).ToList();
        Assert.Equal(["stream_chunk", "stream_chunk", "stream_end"], again.Select(Type));
        Assert.Equal("three", again[0].GetProperty("content").GetString());
        Assert.Equal("one two three", again[^1].GetProperty("full_content").GetString());
    }

    [Fact]
    public void A_new_attempt_that_says_something_else_begins_the_stream_again()
    {
        Greet();
        _client.Send("""{"type":"text_message","content":"hi"}""");
        _client.SayAll(Started(), MessageStart("m1"), Delta("m1", "one two "));
        _client.Say(Started(keep: 0), attempt: 2);
        _client.Say(MessageStart("m1"), 2);
        var other = _client.Say(Delta("m1", "uno"), 2);
        Assert.Equal(["stream_start", "stream_chunk"], other.Select(Type));
        Assert.Equal("uno", other[1].GetProperty("content").GetString());
        Assert.Equal("uno", _client.Say(new RunFinished { Seq = 0, ThreadId = "t" }, 2)[^1].GetProperty("full_content").GetString());
    }

    [Fact]
    public void A_failed_answer_is_an_error_and_has_no_end()
    {
        var clientId = Greet();
        var error = new RunError { Seq = 0, Code = RunErrorCodes.ModelError, Message = "The model failed." };
        _client.Send("""{"type":"text_message","content":"hi"}""");
        AssertError("Streaming response failed: The model failed.", "text_processing_error", "text_processing_failed", clientId, _client.Say(error));
        _client.Send("""{"type":"text_message","content":"hi","stream":false}""");
        AssertError("Non-streaming response failed: The model failed.", "text_processing_error", "text_processing_failed", clientId, _client.Say(error));
    }

    [Theory]
    [InlineData("", "Invalid JSON format", "json_parse_error", "invalid_json", "")]
    [InlineData("nonsense", "Invalid JSON format", "json_parse_error", "invalid_json", "")]
    [InlineData("[]", "Invalid message format", "message_processing_error", "invalid_message", "timestamp")]
    [InlineData("5", "Invalid message format", "message_processing_error", "invalid_message", "timestamp")]
    [InlineData("{}", "Invalid message format", "message_processing_error", "invalid_message", "timestamp")]
    [InlineData("""{"type":7}""", "Invalid message format", "message_processing_error", "invalid_message", "timestamp")]
    [InlineData("""{"type":"  "}""", "Invalid message format", "message_processing_error", "invalid_message", "timestamp")]
    [InlineData("""{"type":"\ud800"}""", "Invalid message format", "message_processing_error", "invalid_message", "timestamp")]
    [InlineData("""{"type":"dance"}""", "Unknown message type: dance", "message_processing_error", "invalid_message", "timestamp")]
    [InlineData("""{"type":"text_message"}""", "Invalid text message format", "text_processing_error", "text_processing_failed", "timestamp,client_id")]
    [InlineData("""{"type":"text_message","content":"  "}""", "Invalid text message format", "text_processing_error", "text_processing_failed", "timestamp,client_id")]
    [InlineData("""{"type":"text_message","content":5}""", "Invalid text message format", "text_processing_error", "text_processing_failed", "timestamp,client_id")]
    [InlineData("""{"type":"text_message","content":"\ud800"}""", "Invalid text message format", "text_processing_error", "text_processing_failed", "timestamp,client_id")]
    [InlineData("""{"type":"text_message","content":"hi","use_tools":"maybe"}""", "Text processing failed: use_tools must be true or false", "text_processing_error", "text_processing_failed", "timestamp,client_id")]
    [InlineData("""{"type":"text_message","content":"hi","stream":[]}""", "Text processing failed: stream must be true or false", "text_processing_error", "text_processing_failed", "timestamp,client_id")]
    [InlineData("""{"type":"text_message","content":"123456789012345678901"}""", "Text processing failed: the message has 21 characters; 20 are allowed", "text_processing_error", "text_processing_failed", "timestamp,client_id")]
    public void A_bad_frame_gets_its_error(string frame, string message, string type, string code, string extra)
    {
        Greet();
        var (parsed, answer) = _client.Send(frame);
        Assert.IsType<InvalidFrame>(parsed);
        AssertErrorForm(message, type, code, extra, Assert.Single(answer));
    }

    [Fact]
    public void A_binary_frame_gets_its_error() =>
        AssertErrorForm("Message processing error", "processing_error", "processing_failed", "", Assert.Single(_client.Encode(_client.BinaryFault)));

    [Theory]
    [InlineData(FaultCodes.TooManyRequests, "Too many requests", "rate_limit_error", "too_many_requests")]
    [InlineData(FaultCodes.Internal, "oops", "processing_error", "processing_failed")]
    public void What_the_pipeline_says_has_its_form(string code, string message, string type, string wireCode)
    {
        var clientId = Greet();
        AssertError(message, type, wireCode, clientId, _client.Encode(new Fault(code, "oops")));
    }

    [Fact]
    public void A_request_that_could_not_be_stored_fails_as_an_answer_does()
    {
        var clientId = Greet();
        var (parsed, _) = _client.Send("""{"type":"text_message","content":"hi"}""");
        AssertError(
            "Streaming response failed: not now", "text_processing_error", "text_processing_failed", clientId,
            _client.Encode(new Fault(FaultCodes.Unavailable, "not now", Retryable: true) { Request = parsed }));
    }

    [Fact]
    public void Goodbye_is_said_to_who_was_idle()
    {
        var clientId = Greet();
        AssertFrame($$"""{"type":"connection_closed","client_id":"{{clientId}}","timestamp":{{Now}},"message":"连接已关闭"}""", _client.Encode(new IdleClose()));
        Assert.Equal(new IdleRule(TimeSpan.FromSeconds(300), AnyFrame: true), NewDialect().Idle);
    }

    [Fact]
    public void An_added_kind_of_message_is_read_and_another_dialects_is_not()
    {
        var client = new SessionProbe(NewDialect(new MessageExtension("yychat", "roll_dice"), new MessageExtension("native", "dance")));
        var dice = Assert.IsType<ExtensionRequest>(client.Parse("""{"type":"roll_dice","sides":6}"""));
        Assert.Equal(("roll_dice", 6), (dice.Type, dice.Message.GetProperty("sides").GetInt32()));
        Assert.IsType<InvalidFrame>(client.Parse("""{"type":"dance"}"""));
        Assert.IsType<InvalidFrame>(client.Parse("""{"type":"roll_dice","sides":"\udc00"}"""));
        AssertFrame("""{"type":"dice","value":4}""", client.Encode(new VerbatimFrame(JsonElement.Parse("""{"type":"dice","value":4}"""))));
    }

    [Theory]
    [MemberData(nameof(OddFrames.All), MemberType = typeof(OddFrames))]
    public void Nothing_makes_it_throw(string frame)
    {
        var (parsed, answer) = _client.Send(frame);
        Assert.NotNull(parsed);
        Assert.All(answer, f => Assert.Equal(JsonValueKind.Object, f.ValueKind));
    }

    [Fact]
    public void Text_that_is_no_text_does_not_make_it_throw()
    {
        Greet();
        _client.Send("""{"type":"text_message","content":"hi"}""");
        var frames = _client.SayAll(Started(), MessageStart("m1"), Delta("m1", "a\ud800b"), new RunFinished { Seq = 0, ThreadId = "t" });
        Assert.Equal("a\ufffdb", frames[0].GetProperty("content").GetString());
    }

    private static YYChatDialect NewDialect(params MessageExtension[] extensions) =>
        new(Options.Create(new YYChatOptions()), Options.Create(new LimitsOptions { MessageCharacters = 20 }), new MessageExtensions(extensions));

    private static RunStarted Started(int? keep = null) => new() { Seq = 0, ThreadId = "t", KeepMessages = keep };

    private static TextMessageStart MessageStart(string id) => new() { Seq = 0, MessageId = id, Role = "assistant" };

    private static TextMessageContent Delta(string id, string text) => new() { Seq = 0, MessageId = id, Delta = text };

    private static string? Type(JsonElement frame) => frame.GetProperty("type").GetString();

    private static void AssertFrame(string expected, IReadOnlyList<JsonElement> frames)
    {
        var frame = Assert.Single(frames);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), frame), frame.GetRawText());
    }

    private static void AssertErrorForm(string message, string type, string code, string extra, JsonElement frame)
    {
        var expected = JsonSerializer.Serialize(new { message, type, code });
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), frame.GetProperty("error")), frame.GetRawText());
        Assert.Equal(["type", "error", .. extra.Split(',', StringSplitOptions.RemoveEmptyEntries)], frame.EnumerateObject().Select(p => p.Name));
    }

    private static void AssertError(string message, string type, string code, string clientId, IReadOnlyList<JsonElement> frames)
    {
        var frame = Assert.Single(frames);
        AssertErrorForm(message, type, code, "timestamp,client_id", frame);
        Assert.Equal(clientId, frame.GetProperty("client_id").GetString());
    }

    private string Greet() => Assert.Single(_client.Encode(new StillQuiet())).GetProperty("client_id").GetString()!;
}
