using System.Text.Json;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Events;
using StreamChat.Gateway;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.AuraWell;
using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Gateway.Dialects;

/// <summary>What AuraWell's clients are told.</summary>
public sealed class AuraWellAnswersTests
{
    private const string Time = "\"timestamp\":\"2025-07-13T12:33:41.123Z\"";
    private const string Health = """{"type":"health_chat","data":{"message":"a"},"conversation_id":"c1"}""";
    private const string General = """{"type":"general_chat","data":{"message":"a"}}""";

    private readonly AuraWellDialect _dialect = new(Options.Create(new LimitsOptions()), new MessageExtensions([]));
    private readonly SessionProbe _session;

    public AuraWellAnswersTests() => _session = new SessionProbe(_dialect);

    [Fact]
    public void The_first_frame_is_the_welcome() => AssertFrames(
        _session.Encode(new Welcome("g.1", "ada", TimeSpan.FromSeconds(30))),
        $$"""{"type":"welcome","status":"connected","message":"欢迎使用AuraWell健康助手！","user_id":"ada","connection_id":"g.1",{{Time}}}""");

    [Fact]
    public void A_health_question_is_answered_from_sending_to_done()
    {
        AssertFrames(
            _session.Send(Health).Answer,
            $$"""{"type":"status_update","status":"sending","message":"正在处理您的消息...","data":{},{{Time}}}""",
            $$"""{"type":"status_update","status":"streaming","message":"AI正在生成回复...","data":{},{{Time}}}""");
        AssertFrames(
            _session.SayAll(Started(), Start(), Delta("多睡"), Delta("觉😀"), End(), Finished()),
            $$"""{"type":"chat_stream","status":"streaming","delta":"多睡","conversation_id":"c1",{{Time}}}""",
            $$"""{"type":"chat_stream","status":"streaming","delta":"觉😀","conversation_id":"c1",{{Time}}}""",
            $$"""{"type":"status_update","status":"done","message":"回复完成","data":{"full_response":"多睡觉😀","conversation_id":"c1","response_length":4},{{Time}}}""");
    }

    [Fact]
    public void Other_talk_is_answered_without_a_length()
    {
        Assert.Equal("正在处理...", _session.Send(General).Answer[^1].GetProperty("message").GetString());
        AssertFrames(
            _session.SayAll(Started(), Start(), Delta("hi"), Finished()),
            $$"""{"type":"chat_stream","status":"streaming","delta":"hi","conversation_id":null,{{Time}}}""",
            $$"""{"type":"status_update","status":"done","message":"回复完成","data":{"full_response":"hi","conversation_id":null},{{Time}}}""");
    }

    [Fact]
    public void What_has_no_frame_here_is_not_told()
    {
        _session.Send(Health);
        Assert.Empty(_session.SayAll(
            Started(), new StepStarted { Seq = 0, StepName = "Health Adviser" }, new ToolCallStart { Seq = 0, ToolCallId = "c", ToolCallName = "t" },
            new Custom { Seq = 0, Name = "hand_off", Value = default }));
        Assert.Empty(_session.Encode(new Accepted(_session.RunId, "t", "trace")));
        Assert.Empty(_session.Encode(new Reconnect(TimeSpan.Zero)));
        Assert.Empty(_session.Encode(new IdleClose()));
        Assert.Empty(_session.Encode(new RunOutput(Guid.NewGuid(), 1, Delta("of another run"))));
    }

    [Theory]
    [InlineData(Health, RunErrorCodes.ModelError, "健康咨询处理失败: AI服务暂时无法回答，请重试")]
    [InlineData(General, RunErrorCodes.ModelError, "聊天处理失败: AI服务暂时无法回答，请重试")]
    [InlineData(Health, RunErrorCodes.Internal, "健康咨询处理失败: 服务器内部错误，请重试")]
    [InlineData(Health, RunErrorCodes.Unavailable, "健康咨询处理失败: 服务暂时不可用，请稍后再试")]
    [InlineData(Health, RunErrorCodes.LimitReached, "健康咨询处理失败: 回答超出限制，已停止")]
    [InlineData(Health, RunErrorCodes.Forbidden, "健康咨询处理失败: 没有权限")]
    [InlineData(Health, RunErrorCodes.Cancelled, "健康咨询处理失败: 请求已取消")]
    public void A_failure_is_one_error_and_no_done(string request, string code, string message)
    {
        _session.Send(request);
        _session.SayAll(Started(), Start(), Delta("half"));
        AssertFrames(
            _session.Say(new RunError { Seq = 0, Code = code, Message = "secret" }),
            $$"""{"type":"error","status":"error","message":"{{message}}","error_code":"PROCESSING_ERROR",{{Time}}}""");
        Assert.Empty(_session.Say(Finished()));
    }

    [Theory]
    [InlineData(FaultCodes.TooManyRequests, "TOO_MANY_REQUESTS", "等待处理的消息过多，请等待当前回复完成后再发送")]
    [InlineData(FaultCodes.RateLimited, "TOO_MANY_REQUESTS", "请求过于频繁，请稍后再试")]
    [InlineData(FaultCodes.Busy, "PROCESSING_ERROR", "健康咨询处理失败: 服务器繁忙，请稍后再试")]
    [InlineData(FaultCodes.Unavailable, "PROCESSING_ERROR", "健康咨询处理失败: 服务暂时不可用，请稍后再试")]
    [InlineData(FaultCodes.Internal, "PROCESSING_ERROR", "健康咨询处理失败: 服务器内部错误，请重试")]
    public void A_request_that_cannot_be_served_gets_its_error(string code, string errorCode, string message)
    {
        var request = _session.Parse(Health);
        AssertFrames(
            _session.Encode(new Fault(code, "in English") { Request = request }),
            $$"""{"type":"error","status":"error","message":"{{message}}","error_code":"{{errorCode}}",{{Time}}}""");
    }

    [Fact]
    public void A_request_that_could_not_be_stored_ends_with_its_error()
    {
        var (request, _) = _session.Send(Health);
        Assert.Single(_session.Encode(new Fault(FaultCodes.Unavailable, "", RunId: _session.RunId) { Request = request }));
        Assert.Empty(_session.SayAll(Started(), Start(), Delta("late"), Finished()));
    }

    [Fact]
    public void A_new_attempt_says_no_word_twice()
    {
        _session.Send(Health);
        _session.SayAll(Started(), Start(), Delta("Sleep "), Delta("more"));
        Assert.Empty(Again(Started(keep: 0), Start(), Delta("Sleep ")));
        Assert.Equal(" and eat.", Assert.Single(Again(Delta("more and eat."))).GetProperty("delta").GetString());
        Assert.Equal("Sleep more and eat.", Assert.Single(Again(Finished())).GetProperty("data").GetProperty("full_response").GetString());
    }

    [Fact]
    public void A_new_attempt_that_says_something_else_begins_a_new_bubble()
    {
        _session.Send(Health);
        _session.SayAll(Started(), Start(), Delta("Sleep "), Delta("more"));
        AssertFrames(
            Again(Started(keep: 0), Start(), Delta("Sleep less")),
            $$"""{"type":"status_update","status":"streaming","message":"连接中断，AI正在重新生成回复...","data":{},{{Time}}}""",
            $$"""{"type":"chat_stream","status":"streaming","delta":"Sleep less","conversation_id":"c1",{{Time}}}""");
        Assert.Equal("Sleep less", Assert.Single(Again(Finished())).GetProperty("data").GetProperty("full_response").GetString());
    }

    [Fact]
    public void A_switch_is_done_with_the_member() => AssertFrames(
        _session.Encode(new MemberSwitched("奶奶")),
        $$"""{"type":"status_update","status":"done","message":"已切换到成员: 奶奶","data":{"active_member_id":"奶奶"},{{Time}}}""");

    [Fact]
    public void The_status_tells_of_the_session()
    {
        var status = new SessionStatus(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(1.5), "ada", 3);
        AssertFrames(_session.Encode(status), Status("null"));

        // other talk does not set the conversation
        _session.Send("""{"type":"general_chat","data":{"message":"a"},"conversation_id":"c0"}""");
        AssertFrames(_session.Encode(status), Status("null"));
        _session.Send(Health);
        AssertFrames(_session.Encode(status), Status("\"c1\""));

        static string Status(string conversation) =>
            $$$"""
            {"type":"status_update","status":"done","message":"状态信息","data":{"session":{"connected_at":"1970-01-01T00:00:00.000Z",
            "last_activity":"1970-01-01T00:00:01.500Z","active_member_id":"ada","conversation_id":{{{conversation}}}},"connected_users":3,
            "server_time":"2025-07-13T12:33:41.123Z"},{{{Time}}}}
            """;
    }

    [Fact]
    public void Pings_are_numbered_from_zero()
    {
        Assert.True(_dialect.HasHeartbeat);
        AssertFrames(_session.Encode(new HeartbeatDue()), $$"""{"type":"ping",{{Time}},"heartbeat_id":0}""");
        AssertFrames(_session.Encode(new HeartbeatDue()), $$"""{"type":"ping",{{Time}},"heartbeat_id":1}""");
    }

    [Fact]
    public void Three_pings_may_go_unanswered_and_silence_counts_from_the_last_request_or_pong()
    {
        Assert.Equal(TimeSpan.FromSeconds(90), _dialect.PongTimeout);
        Assert.Equal(new IdleRule(TimeSpan.FromMinutes(10), AnyFrame: false), _dialect.Idle);
        Assert.Null(new AuraWellDialect(Options.Create(new LimitsOptions { Heartbeat = TimeSpan.Zero }), new MessageExtensions([])).PongTimeout);
    }

    [Fact]
    public void The_member_in_use_can_be_asked_for()
    {
        var session = _dialect.NewSession(new SessionStart("g.1", "ada", new Dictionary<string, string>(), null!));
        Assert.Equal("ada", session.MemberId);
        var request = Assert.IsType<SwitchMemberRequest>(session.Parse("""{"type":"switch_member","data":{"target_member_id":"grandma"}}"""u8.ToArray()));
        request.Members.Switch(request.MemberId);
        Assert.Equal("grandma", session.MemberId);
    }

    [Fact]
    public void Half_a_character_of_the_model_does_no_harm()
    {
        _session.Send(Health);
        Assert.Equal("a\ufffd", _session.SayAll(Started(), Start(), Delta("a\ud83d"))[^1].GetProperty("delta").GetString());
    }

    private IReadOnlyList<JsonElement> Again(params RunEvent[] events) => [.. events.SelectMany(e => _session.Say(e, attempt: 2))];

    private static RunStarted Started(int? keep = null) => new() { Seq = 0, ThreadId = "t", KeepMessages = keep };

    private static TextMessageStart Start() => new() { Seq = 0, MessageId = "m", Role = "assistant" };

    private static TextMessageContent Delta(string text) => new() { Seq = 0, MessageId = "m", Delta = text };

    private static TextMessageEnd End() => new() { Seq = 0, MessageId = "m" };

    private static RunFinished Finished() => new() { Seq = 0, ThreadId = "t" };

    private static void AssertFrames(IReadOnlyList<JsonElement> frames, params string[] expected)
    {
        Assert.Equal(expected.Length, frames.Count);
        Assert.All(frames.Zip(expected), pair => Assert.True(JsonElement.DeepEquals(JsonElement.Parse(pair.Second), pair.First), pair.First.GetRawText()));
    }
}
