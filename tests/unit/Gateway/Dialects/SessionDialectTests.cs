using System.Text.Json;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Events;
using StreamChat.Gateway;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Session;

namespace StreamChat.UnitTests.Gateway.Dialects;

public sealed class SessionDialectTests
{
    private readonly SessionProbe _client = new(NewDialect());

    [Fact]
    public void A_query_is_read_whole()
    {
        var query = Assert.IsType<SessionQuery>(_client.Parse("""{"query":"你好","session_id":"test","verbose":true}"""));
        Assert.Equal(ThreadIds.Of("session", "ada", "test"), query.ThreadId);
        Assert.True(query.Verbose);
        var message = Assert.Single(query.Messages);
        Assert.Equal(("user", "你好"), (message.Role, message.Content));
    }

    [Theory]
    [InlineData("""{"query":"hi"}""")]
    [InlineData("""{"query":"hi","session_id":null,"verbose":null}""")]
    [InlineData("""{"query":"hi","session_id":""}""")]
    public void Without_a_session_every_query_is_a_conversation_of_its_own(string frame)
    {
        var query = Assert.IsType<SessionQuery>(_client.Parse(frame));
        Assert.False(query.Verbose);
        Assert.StartsWith("~session/ada/", query.ThreadId, StringComparison.Ordinal);
        Assert.NotEqual(query.ThreadId, Assert.IsType<SessionQuery>(_client.Parse(frame)).ThreadId);
    }

    [Fact]
    public void A_number_is_a_session_as_its_text() =>
        Assert.Equal(ThreadIds.Of("session", "ada", "17"), Assert.IsType<SessionQuery>(_client.Parse("""{"query":"hi","session_id":17}""")).ThreadId);

    [Fact]
    public void An_answer_is_deltas_and_done_and_nothing_else_is_said()
    {
        Assert.Empty(_client.Encode(new Welcome("g.1", "ada", TimeSpan.FromSeconds(30))));
        Assert.Empty(_client.Encode(new StillQuiet()));
        Assert.Empty(_client.Send("""{"query":"hi"}""").Answer);
        Assert.Empty(_client.Encode(new Accepted(_client.RunId, "t", "trace")));
        AssertFrames(
            _client.SayAll(Started(), Step("Agent"), MessageStart("m1"), Delta("m1", "Hello"), ToolCall("calculator"), Delta("m1", " 你好"), Finished()),
            """{"type":"content","content":"Hello"}""", """{"type":"content","content":" 你好"}""", """{"type":"done"}""");
    }

    [Fact]
    public void Who_asks_for_it_hears_what_is_done()
    {
        _client.Send("""{"query":"hi","verbose":true}""");
        AssertFrames(
            _client.SayAll(Started(), Step("Travel"), ToolCall("weather"), MessageStart("m1"), Delta("m1", "Rain."), Finished()),
            """{"type":"status","message":"Travel is working on it"}""",
            """{"type":"status","message":"Calling weather"}""",
            """{"type":"metadata","tool_used":"weather"}""",
            """{"type":"content","content":"Rain."}""",
            """{"type":"done"}""");
        _client.Send("""{"query":"again"}""");
        AssertFrames(_client.SayAll(Started(), Step("Travel"), Finished()), """{"type":"done"}""");
    }

    [Fact]
    public void A_failed_answer_ends_with_an_error_and_not_with_done()
    {
        _client.Send("""{"query":"hi"}""");
        AssertFrames(
            _client.SayAll(Started(), MessageStart("m1"), Delta("m1", "Hel"), new RunError { Seq = 0, Code = RunErrorCodes.ModelError, Message = "The model failed." }, Finished()),
            """{"type":"content","content":"Hel"}""", """{"type":"error","message":"The model failed."}""");
    }

    [Fact]
    public void A_new_attempt_that_repeats_shows_no_word_twice()
    {
        _client.Send("""{"query":"hi"}""");
        _client.SayAll(Started(), MessageStart("m1"), Delta("m1", "one two "));
        AssertFrames(SayAgain("one ", "two three"), """{"type":"content","content":"three"}""", """{"type":"done"}""");
    }

    [Fact]
    public void A_new_attempt_that_says_something_else_clears_first()
    {
        _client.Send("""{"query":"hi"}""");
        _client.SayAll(Started(), MessageStart("m1"), Delta("m1", "one two "));
        AssertFrames(SayAgain("one ", "2"), """{"type":"clear"}""", """{"type":"content","content":"one 2"}""", """{"type":"done"}""");
    }

    [Theory]
    [InlineData("", "The message is not JSON.")]
    [InlineData("hello", "The message is not JSON.")]
    [InlineData("[]", "A message is a JSON object with a 'query'.")]
    [InlineData("5", "A message is a JSON object with a 'query'.")]
    [InlineData("{}", "Please ask something: 'query' is empty.")]
    [InlineData("""{"session_id":"s"}""", "Please ask something: 'query' is empty.")]
    [InlineData("""{"query":""}""", "Please ask something: 'query' is empty.")]
    [InlineData("""{"query":" \n"}""", "Please ask something: 'query' is empty.")]
    [InlineData("""{"query":null}""", "Please ask something: 'query' is empty.")]
    [InlineData("""{"query":5}""", "'query' must be a string.")]
    [InlineData("""{"query":"\ud800"}""", "'query' must be a string.")]
    [InlineData("""{"query":"hi","session_id":[]}""", "'session_id' must be a string.")]
    [InlineData("""{"query":"hi","session_id":"a\u0000"}""", "'session_id' has at most 128 characters, none of them a control character.")]
    [InlineData("""{"query":"hi","verbose":"yes"}""", "'verbose' must be true or false.")]
    [InlineData("""{"query":"123456789012345678901"}""", "The query has 21 characters; 20 are allowed.")]
    public void A_bad_message_gets_an_error(string frame, string message)
    {
        var (parsed, answer) = _client.Send(frame);
        Assert.IsType<InvalidFrame>(parsed);
        AssertFrames(answer, JsonSerializer.Serialize(new { type = "error", message }));
    }

    [Fact]
    public void A_binary_message_gets_an_error() =>
        AssertFrames(_client.Encode(_client.BinaryFault), """{"type":"error","message":"Messages are JSON text; binary ones are not understood."}""");

    [Theory]
    [MemberData(nameof(OddFrames.All), MemberType = typeof(OddFrames))]
    public void Nothing_makes_it_throw(string frame)
    {
        var (parsed, answer) = _client.Send(frame);
        Assert.NotNull(parsed);
        Assert.All(answer, f => Assert.Equal(JsonValueKind.Object, f.ValueKind));
    }

    private static SessionDialect NewDialect() => new(Options.Create(new LimitsOptions { MessageCharacters = 20 }));

    private static RunStarted Started(int? keep = null) => new() { Seq = 0, ThreadId = "t", KeepMessages = keep };

    private static StepStarted Step(string agent) => new() { Seq = 0, StepName = agent };

    private static ToolCallStart ToolCall(string tool) => new() { Seq = 0, ToolCallId = "c1", ToolCallName = tool };

    private static TextMessageStart MessageStart(string id) => new() { Seq = 0, MessageId = id, Role = "assistant" };

    private static TextMessageContent Delta(string id, string text) => new() { Seq = 0, MessageId = id, Delta = text };

    private static RunFinished Finished() => new() { Seq = 0, ThreadId = "t" };

    private static void AssertFrames(IReadOnlyList<JsonElement> frames, params string[] expected)
    {
        Assert.Equal(expected.Length, frames.Count);
        Assert.All(frames.Zip(expected), pair => Assert.True(JsonElement.DeepEquals(JsonElement.Parse(pair.Second), pair.First), pair.First.GetRawText()));
    }

    private List<JsonElement> SayAgain(params string[] deltas)
    {
        RunEvent[] events = [Started(keep: 0), MessageStart("m1"), .. deltas.Select(d => Delta("m1", d)), Finished()];
        return [.. events.SelectMany(e => _client.Say(e, attempt: 2))];
    }
}
