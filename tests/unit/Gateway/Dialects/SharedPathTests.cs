using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using StreamChat.Gateway;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Chat;
using StreamChat.Gateway.Dialects.Session;
using StreamChat.Gateway.Dialects.YYChat;
using StreamChat.Hosting.Identity;

namespace StreamChat.UnitTests.Gateway.Dialects;

/// <summary>Two protocols on one path: which of them a connection speaks.</summary>
public sealed class SharedPathTests
{
    private static readonly ChatDialect Dialect = NewDialect();

    private readonly SessionProbe _client = new(Dialect);

    [Theory]
    [InlineData("""{"type":"heartbeat"}""", "yychat")]
    [InlineData("""{"type":"dance"}""", "yychat")]
    [InlineData("""{"type":""}""", "yychat")]
    [InlineData("""{"type":"text_message","query":"hi"}""", "yychat")]
    [InlineData("""{"query":"hi"}""", "session")]
    [InlineData("""{"query":5}""", "session")]
    [InlineData("""{"query":null}""", "session")]
    [InlineData("""{"query":"hi","type":7}""", "session")]
    [InlineData("""{"query":"hi","type":null}""", "session")]
    [InlineData("{}", null)]
    [InlineData("""{"session_id":"s"}""", null)]
    [InlineData("""{"type":7}""", null)]
    [InlineData("[]", null)]
    [InlineData("\"query\"", null)]
    [InlineData("hello", null)]
    [InlineData("", null)]
    public void The_first_frame_decides(string frame, string? dialect)
    {
        var session = Dialect.NewSession(new SessionStart("g.1", "ada", new Dictionary<string, string>(), new SystemIdGenerator(TimeProvider.System)));
        session.Parse(Encoding.UTF8.GetBytes(frame));
        Assert.Equal(dialect, session.Recognised?.Name);
    }

    [Fact]
    public void Until_it_is_known_it_counts_as_the_one_that_is_limited()
    {
        Assert.Equal("yychat", Dialect.Name);
        Assert.Equal(TimeSpan.FromMilliseconds(250), Dialect.QuietAfter);
        Assert.Equal(NewDialect().Idle, Dialect.Idle);
    }

    [Fact]
    public void A_first_frame_that_shows_none_gets_an_error_and_the_next_one_decides()
    {
        foreach (var frame in new[] { "nonsense", "[]", """{"hello":1}""" })
        {
            var (parsed, answer) = _client.Send(frame);
            Assert.IsType<InvalidFrame>(parsed);
            var error = Assert.Single(answer);
            Assert.Equal(["type", "message"], error.EnumerateObject().Select(p => p.Name));
            Assert.Equal(("error", JsonValueKind.String), (Type(error), error.GetProperty("message").ValueKind));
        }

        Assert.Equal("error", Type(Assert.Single(_client.Encode(_client.BinaryFault))));
        Assert.IsType<SessionQuery>(_client.Parse("""{"query":"hi"}"""));
    }

    [Fact]
    public void Who_was_greeted_gets_that_error_in_both_forms()
    {
        Assert.Equal("connection_established", Type(Assert.Single(_client.Encode(new StillQuiet()))));
        var error = Assert.Single(_client.Send("nonsense").Answer);
        Assert.Equal("Invalid JSON format", error.GetProperty("message").GetString());
        Assert.Equal("invalid_json", error.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public void A_session_client_hears_nothing_before_its_answer()
    {
        Assert.Empty(_client.Send("""{"query":"hi"}""").Answer);
        Assert.Empty(_client.Encode(new StillQuiet()));
        Assert.Empty(_client.Encode(new IdleClose()));
    }

    [Fact]
    public void A_session_client_that_was_greeted_for_its_silence_is_served_as_one()
    {
        _client.Encode(new StillQuiet());
        Assert.IsType<SessionQuery>(_client.Send("""{"query":"hi"}""").Frame);
        Assert.Equal(["type", "message"], Assert.Single(_client.Send("""{"type":"ping"}""").Answer).EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public void A_client_of_YYChat_is_greeted_before_its_first_reply()
    {
        var (parsed, answer) = _client.Send("""{"type":"text_message","content":"hi"}""");
        Assert.IsType<TextMessageRequest>(parsed);
        Assert.Equal(["connection_established", "processing_start", "stream_start"], answer.Select(Type));

        // and stays one
        Assert.Equal("Invalid message format", Assert.Single(_client.Send("""{"query":"hi"}""").Answer).GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public void Its_greeting_comes_before_its_first_error_too() =>
        Assert.Equal(["connection_established", "error"], _client.Send("""{"type":"dance"}""").Answer.Select(Type));

    [Theory]
    [MemberData(nameof(OddFrames.All), MemberType = typeof(OddFrames))]
    public void Nothing_makes_it_throw(string frame)
    {
        var (parsed, answer) = _client.Send(frame);
        Assert.NotNull(parsed);
        Assert.All(answer, f => Assert.Equal(JsonValueKind.Object, f.ValueKind));
    }

    private static string? Type(JsonElement frame) => frame.GetProperty("type").GetString();

    private static ChatDialect NewDialect()
    {
        var limits = Options.Create(new LimitsOptions());
        return new ChatDialect(new YYChatDialect(Options.Create(new YYChatOptions()), limits, new MessageExtensions([])), new SessionDialect(limits), limits);
    }
}
