using System.Text.Json;
using Microsoft.Extensions.Options;
using StreamChat.Gateway;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.AuraWell;

namespace StreamChat.UnitTests.Gateway.Dialects;

/// <summary>What AuraWell's clients send, and what they are told when it is wrong.</summary>
public sealed class AuraWellFramesTests
{
    private readonly SessionProbe _session = new(
        new AuraWellDialect(
            Options.Create(new LimitsOptions { AuraWell = { MessageCharacters = 10 } }), new MessageExtensions([new MessageExtension("aurawell", "dance")])));

    [Fact]
    public void A_health_question_goes_to_the_adviser_with_its_context()
    {
        var chat = Assert.IsType<AuraWellChat>(_session.Parse(
            """{"type":"health_chat","data":{"message":"我很累","context":{"sleep_hours":6}},"conversation_id":"conv_1","active_member_id":"ada","more":1}"""));
        Assert.Equal(("Health Adviser", "我很累", "user", "conv_1"), (chat.Agent, chat.Messages.Single().Content, chat.Messages.Single().Role, chat.ConversationId));
        Assert.Equal("""{"sleep_hours":6}""", chat.Context?.GetRawText());
        Assert.Equal("~aurawell/ada/ada", chat.ThreadId);
        Assert.True(chat.IsTurn);
    }

    [Fact]
    public void Other_talk_goes_to_triage_without_a_context()
    {
        var chat = Assert.IsType<AuraWellChat>(_session.Parse("""{"type":"general_chat","data":{"message":"hi","context":{"a":1}}}"""));
        Assert.Equal(("Triage Agent", null, null), (chat.Agent, chat.ConversationId, chat.Context?.GetRawText()));
    }

    [Fact]
    public void Memory_goes_by_member_and_not_by_conversation()
    {
        var before = Chat("""{"type":"general_chat","data":{"message":"a"},"conversation_id":"one"}""");
        var after = Chat("""{"type":"general_chat","data":{"message":"b"},"conversation_id":"two"}""");
        Assert.Equal(before.ThreadId, after.ThreadId);

        // the member in use counts when a message's turn comes, not when it was read
        after.Members.Switch("grandma");
        Assert.Equal("~aurawell/ada/grandma", after.ThreadId);
    }

    [Theory]
    [InlineData("\"ada\"", "~aurawell/ada/grandma")] // what their page always sends
    [InlineData("\"\"", "~aurawell/ada/grandma")]
    [InlineData("null", "~aurawell/ada/grandma")]
    [InlineData("\"uncle\"", "~aurawell/ada/uncle")]
    public void A_member_that_a_message_names_counts_for_that_message(string member, string threadId)
    {
        var chat = Chat($$"""{"type":"health_chat","data":{"message":"a"},"active_member_id":{{member}}}""");
        chat.Members.Switch("grandma");
        Assert.Equal((threadId, "grandma"), (chat.ThreadId, chat.Members.Active));
    }

    [Fact]
    public void Members_of_one_user_are_not_those_of_another()
    {
        var mallory = new SessionProbe(new AuraWellDialect(Options.Create(new LimitsOptions()), new MessageExtensions([])), "ada/x");
        var theirs = Assert.IsType<AuraWellChat>(mallory.Parse("""{"type":"general_chat","data":{"message":"a"},"active_member_id":"y"}"""));
        var ours = Chat("""{"type":"general_chat","data":{"message":"a"},"active_member_id":"x/y"}""");
        Assert.NotEqual(ours.ThreadId, theirs.ThreadId);
    }

    [Fact]
    public void A_switch_a_status_and_a_pong_are_read()
    {
        Assert.Equal("grandma", Assert.IsType<SwitchMemberRequest>(_session.Parse("""{"type":"switch_member","data":{"target_member_id":"grandma"}}""")).MemberId);
        var status = Assert.IsType<SessionStatusRequest>(_session.Parse("""{"type":"get_status"}"""));
        Assert.True(status.IsTurn);
        Assert.IsType<PongRequest>(_session.Parse("""{"type":"pong","heartbeat_id":3}"""));
        Assert.Equal("dance", Assert.IsType<ExtensionRequest>(_session.Parse("""{"type":"dance","data":{}}""")).Type);
    }

    [Theory]
    [InlineData("""{"type":"health_chat","data":{"message":"a"}}""", true)]
    [InlineData("""{"type":"get_status"}""", true)]
    [InlineData("""{"type":"switch_member","data":{"target_member_id":"m"}}""", true)]
    [InlineData("""{"type":"switch_member"}""", true)]
    [InlineData("""{"type":"nonsense"}""", true)]
    [InlineData("""{"type":"dance"}""", true)]
    [InlineData("""{"type":"health_chat","data":{"message":""}}""", true)]
    [InlineData("""{"type":"pong"}""", false)]
    [InlineData("""{"type":"ping"}""", false)] // only a server says it
    [InlineData("""{"type":"status_update","status":"done"}""", false)]
    [InlineData("nonsense", false)]
    [InlineData("[]", false)]
    [InlineData("{}", false)]
    public void Every_well_formed_message_but_pong_is_acknowledged(string frame, bool acknowledged)
    {
        var frames = _session.Encode(new Received(_session.Parse(frame)));
        if (!acknowledged)
        {
            Assert.Empty(frames);
            return;
        }

        AssertJson("""{"type":"status_update","status":"sending","message":"正在处理您的消息...","data":{},"timestamp":"2025-07-13T12:33:41.123Z"}""", Assert.Single(frames));
    }

    [Theory]
    [InlineData("", "INVALID_JSON", "消息格式错误，请发送有效的JSON")]
    [InlineData("{", "INVALID_JSON", "消息格式错误，请发送有效的JSON")]
    [InlineData("{} {}", "INVALID_JSON", "消息格式错误，请发送有效的JSON")]
    [InlineData("5", "INVALID_MESSAGE", "处理消息时发生错误: 消息必须是JSON对象")]
    [InlineData("null", "INVALID_MESSAGE", "处理消息时发生错误: 消息必须是JSON对象")]
    [InlineData("""{"data":{}}""", "INVALID_MESSAGE", "处理消息时发生错误: 缺少消息类型")]
    [InlineData("""{"type":5}""", "INVALID_MESSAGE", "处理消息时发生错误: 缺少消息类型")]
    [InlineData("""{"type":"health_chat","data":[]}""", "INVALID_MESSAGE", "处理消息时发生错误: data必须是JSON对象")]
    [InlineData("""{"type":"health_chat","data":"hi"}""", "INVALID_MESSAGE", "处理消息时发生错误: data必须是JSON对象")]
    [InlineData("""{"type":"health_chat","data":{"message":"a"},"conversation_id":5}""", "INVALID_MESSAGE", "处理消息时发生错误: conversation_id和active_member_id必须是字符串，最多128个字符")]
    [InlineData("""{"type":"health_chat","data":{"message":"a"},"active_member_id":"a\u0000"}""", "INVALID_MESSAGE", "处理消息时发生错误: conversation_id和active_member_id必须是字符串，最多128个字符")]
    [InlineData("""{"type":"health_chat","data":{"message":"\ud800"}}""", "INVALID_MESSAGE", "处理消息时发生错误: 消息包含无效字符")]
    [InlineData("""{"type":"health_chat","data":{"message":"a","context":{"\udc00":1}}}""", "INVALID_MESSAGE", "处理消息时发生错误: 消息包含无效字符")]
    [InlineData("""{"type":"\ud800"}""", "INVALID_MESSAGE", "处理消息时发生错误: 消息包含无效字符")]
    [InlineData("""{"type":"dance","data":{"a":["\ud800"]}}""", "INVALID_MESSAGE", "处理消息时发生错误: 消息包含无效字符")]
    [InlineData("""{"type":"health_chat","data":{"message":5}}""", "INVALID_MESSAGE", "处理消息时发生错误: message必须是字符串")]
    [InlineData("""{"type":"health_chat","data":{"message":"a","context":[]}}""", "INVALID_MESSAGE", "处理消息时发生错误: context必须是JSON对象")]
    [InlineData("""{"type":"health_chat"}""", "EMPTY_MESSAGE", "消息内容不能为空")]
    [InlineData("""{"type":"health_chat","data":{}}""", "EMPTY_MESSAGE", "消息内容不能为空")]
    [InlineData("""{"type":"general_chat","data":{"message":" \n"}}""", "EMPTY_MESSAGE", "消息内容不能为空")]
    [InlineData("""{"type":"health_chat","data":{"message":"12345678901"}}""", "MESSAGE_TOO_LONG", "消息过长，单条消息不能超过10个字符")]
    [InlineData("""{"type":"switch_member","data":{}}""", "MISSING_TARGET", "缺少目标成员ID")]
    [InlineData("""{"type":"switch_member","data":{"target_member_id":" "}}""", "MISSING_TARGET", "缺少目标成员ID")]
    [InlineData("""{"type":"switch_member","data":{"target_member_id":5}}""", "INVALID_MESSAGE", "处理消息时发生错误: target_member_id必须是字符串，最多128个字符")]
    [InlineData("""{"type":"rag_query","data":{"query":"a"}}""", "UNKNOWN_TYPE", "未知的消息类型: rag_query")]
    [InlineData("""{"type":"Health_chat"}""", "UNKNOWN_TYPE", "未知的消息类型: Health_chat")]
    public void A_bad_frame_gets_one_error_with_its_code(string frame, string code, string message)
    {
        var error = _session.Send(frame).Answer[^1];
        AssertJson(
            $$"""{"type":"error","status":"error","message":{{JsonSerializer.Serialize(message)}},"error_code":"{{code}}","timestamp":"2025-07-13T12:33:41.123Z"}""", error);
    }

    [Fact]
    public void A_binary_frame_is_an_invalid_message() =>
        Assert.Equal("INVALID_MESSAGE", Assert.Single(_session.Encode(_session.BinaryFault)).GetProperty("error_code").GetString());

    [Fact]
    public void Length_counts_characters_and_not_code_units() =>
        Chat($$$"""{"type":"health_chat","data":{"message":"{{{string.Concat(Enumerable.Repeat("😀", 10))}}}"}}""");

    [Fact]
    public void An_id_of_128_characters_is_taken_and_a_longer_one_is_not()
    {
        var longest = new string('x', 128);
        Assert.Equal(longest, Assert.IsType<SwitchMemberRequest>(_session.Parse($$$"""{"type":"switch_member","data":{"target_member_id":"{{{longest}}}"}}""")).MemberId);
        Assert.IsType<InvalidFrame>(_session.Parse($$$"""{"type":"switch_member","data":{"target_member_id":"{{{longest}}}x"}}"""));
    }

    [Fact]
    public void The_documented_limit_is_the_default() => Assert.Equal(1000, new LimitsOptions().AuraWell.MessageCharacters);

    [Theory]
    [MemberData(nameof(HardFrames.All), MemberType = typeof(HardFrames))]
    public void Any_json_is_read_without_an_exception(string frame)
    {
        var (parsed, answer) = _session.Send(frame);
        Assert.True(parsed is InvalidFrame == (answer is [.., var last] && last.GetProperty("type").GetString() == "error"), frame);
    }

    private AuraWellChat Chat(string frame) => Assert.IsType<AuraWellChat>(_session.Parse(frame));

    private static void AssertJson(string expected, JsonElement frame) =>
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), frame), frame.GetRawText());
}
