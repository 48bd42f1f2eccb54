using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Assistant;
using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Gateway.Dialects.Assistant;

/// <summary>What a client may send, and the answer to what it may not.</summary>
public sealed class AssistantParserTests
{
    private readonly SessionProbe _session = new(AssistantDialects.Create());

    [Fact]
    public void A_chat_is_a_text_or_an_object_with_one()
    {
        var chat = Assert.IsType<AssistantChat>(_session.Parse("""{"type":"chat","content":"你好，今天天气怎么样？","timestamp":"2024-01-01T12:00:00Z"}"""));
        var message = Assert.Single(chat.Messages);
        Assert.Equal(("user", "你好，今天天气怎么样？"), (message.Role, message.Content));
        Assert.True(chat.IsTurn);
        Assert.Null(chat.ConversationId);
        Assert.Empty(chat.Rooms);
        Assert.Equal("hi", Assert.IsType<AssistantChat>(_session.Parse("""{"type":"chat","content":{"message":"hi","more":[1]}}""")).Messages[0].Content);
    }

    [Fact]
    public void The_room_of_the_frame_counts_before_the_one_of_the_handshake()
    {
        var session = new SessionProbe(AssistantDialects.Create(), "ada", ("room_id", "kitchen"));
        Assert.Equal(["kitchen"], Assert.IsType<AssistantChat>(session.Parse("""{"type":"chat","content":"hi"}""")).Rooms);
        Assert.Equal(["attic", "kitchen"], Assert.IsType<AssistantChat>(session.Parse("""{"type":"chat","content":"hi","room_id":"attic"}""")).Rooms);
    }

    [Fact]
    public void A_conversation_is_named_by_the_chat_or_switched_to()
    {
        Assert.Equal("a", Chat("""{"type":"chat","content":"hi","metadata":{"conversation_id":"a"}}""").ConversationId);
        Assert.Equal(new SwitchConversation("b"), _session.Parse("""{"type":"switch_conversation","content":{"conversation_id":"b"}}"""));
        Assert.Equal("b", Chat("""{"type":"chat","content":"hi"}""").ConversationId);
        Assert.Equal("b", Chat("""{"type":"chat","content":"hi","metadata":{"conversation_id":null}}""").ConversationId);
        Assert.Equal("a", Chat("""{"type":"chat","content":"hi","metadata":{"conversation_id":"a"}}""").ConversationId);
    }

    [Fact]
    public void The_room_of_the_handshake_is_entered_before_anything_else()
    {
        Assert.Null(_session.Opening);
        var opening = new SessionProbe(AssistantDialects.Create(), "ada", ("room_id", "kitchen")).Opening;
        Assert.Equal(new EnterRoomCommand("kitchen"), opening);
        Assert.True(opening!.IsTurn);
    }

    [Fact]
    public void Pings_need_no_content_and_wait_for_no_turn()
    {
        Assert.Equal(new PingRequest(null), _session.Parse("""{"type":"ping"}"""));
        Assert.Equal(new PingRequest(null), _session.Parse("""{"type":"ping","content":null}"""));
        Assert.Equal(new PingRequest(null), _session.Parse("""{"type":"ping","content":{"timestamp":"x"}}"""));
        Assert.Equal(new PongRequest(), _session.Parse("""{"type":"pong"}"""));
        Assert.False(_session.Parse("""{"type":"ping"}""").IsTurn);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("notification")]
    [InlineData("data")]
    [InlineData("ai_response")]
    [InlineData("ai_thinking")]
    [InlineData("ai_error")]
    public void What_only_a_server_may_say_is_ignored(string type) =>
        Assert.Equal(new IgnoredFrame(type), _session.Parse($$"""{"type":"{{type}}","content":{} }"""));

    [Fact]
    public void The_rest_is_read_too()
    {
        Assert.IsType<AssistantGreeting>(_session.Parse("""{"type":"connect","content":""}"""));
        Assert.Equal(new AssistantFarewell("用户_ada"), _session.Parse("""{"type":"disconnect","content":{}}"""));
        Assert.Equal(new JoinRoomCommand("r"), Command("""{"command":"join_room","args":{"room_id":"r"}}"""));
        Assert.Equal(new LeaveRoomCommand("r"), Command("""{"command":"leave_room","args":{"room_id":"r"}}"""));
        Assert.Equal(new CreateRoomCommand("r", null, null, null, false), Command("""{"command":"create_room","args":{"room_id":"r"}}"""));
        Assert.Equal(
            new CreateRoomCommand("r", "n", "d", 3, true),
            Command("""{"command":"create_room","args":{"room_id":"r","room_name":"n","description":"d","max_members":3,"is_private":true}}"""));
        Assert.Equal(
            new CreateRoomCommand("r", null, null, null, false) { Speak = RoomSpeakers.Creator, Cancel = RoomCancellers.Members },
            Command("""{"command":"create_room","args":{"room_id":"r","speak":"creator","cancel":"members"}}"""));
        Assert.Equal(new InviteCommand("r", "bob"), Command("""{"command":"invite","args":{"room_id":"r","user_id":"bob"}}"""));
        Assert.Equal(new ListRoomsCommand(), Command("""{"command":"list_rooms"}"""));
        Assert.Equal(new ConnectionInfoCommand(), Command("""{"command":"get_connection_info","args":null}"""));
    }

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("{}")]
    [InlineData("""{"command":5}""")]
    [InlineData("""{"command":"join_room","args":"r"}""")]
    [InlineData("""{"command":"join_room","args":{"room_id":5}}""")]
    [InlineData("""{"command":"create_room","args":{"room_id":"r","max_members":1.5}}""")]
    [InlineData("""{"command":"create_room","args":{"room_id":"r","max_members":99999999999}}""")]
    [InlineData("""{"command":"create_room","args":{"room_id":"r","is_private":"no"}}""")]
    [InlineData("""{"command":"create_room","args":{"room_id":"r","speak":"nobody"}}""")]
    [InlineData("""{"command":"create_room","args":{"room_id":"r","cancel":1}}""")]
    public void A_command_must_have_its_form(string content) => Assert.Equal("无效的命令格式 (Invalid command format)", CommandError(content));

    [Fact]
    public void A_bad_command_is_told_in_its_own_words()
    {
        Assert.Equal("未知命令 (Unknown command): dance", CommandError("""{"command":"dance"}"""));
        Assert.Equal("缺少房间ID参数 (Missing room_id parameter)", CommandError("""{"command":"join_room"}"""));
        Assert.Equal("缺少房间ID参数 (Missing room_id parameter)", CommandError("""{"command":"create_room","args":{"room_id":""}}"""));
        Assert.Equal("缺少用户ID参数 (Missing user_id parameter)", CommandError("""{"command":"invite","args":{"room_id":"r"}}"""));
    }

    private const string Parse = "PARSE_ERROR";
    private const string Invalid = "INVALID_MESSAGE";
    private const string NoType = "缺少必需字段 (Missing required field): type";
    private const string NoContent = "缺少必需字段 (Missing required field): content";
    private const string BadType = "无效的消息类型 (Invalid message type): ";
    private const string Empty = "消息内容不能为空 (Message content cannot be empty)";
    private const string BadTime = "时间戳格式无效 (Invalid timestamp format)";
    private const string NotParsed = "消息解析错误 (Message parsing error): ";
    private const string NotValid = "消息验证错误 (Message validation error): ";

    [Theory]
    [InlineData("", Parse, NotParsed)]
    [InlineData("hello", Parse, NotParsed)]
    [InlineData("""{"type":"chat","content":"hi"} {}""", Parse, NotParsed)]
    [InlineData("[]", Invalid, NoType)]
    [InlineData("\"chat\"", Invalid, NoType)]
    [InlineData("5", Invalid, NotValid)]
    [InlineData("null", Invalid, NotValid)]
    [InlineData("true", Invalid, NotValid)]
    [InlineData("{}", Invalid, NoType)]
    [InlineData("""{"content":"hi"}""", Invalid, NoType)]
    [InlineData("""{"type":"chat"}""", Invalid, NoContent)]
    [InlineData("""{"type":"pong2"}""", Invalid, NoContent)]
    [InlineData("""{"type":"dance","content":"hi"}""", Invalid, BadType + "dance")]
    [InlineData("""{"type":"","content":"hi"}""", Invalid, BadType)]
    [InlineData("""{"type":null,"content":"hi"}""", Invalid, BadType + "None")]
    [InlineData("""{"type":5,"content":"hi"}""", Invalid, BadType + "5")]
    [InlineData("""{"type":"dance","content":null,"timestamp":5}""", Invalid, BadType + "dance")]
    [InlineData("""{"type":"chat","content":null,"timestamp":5}""", Invalid, Empty)]
    [InlineData("""{"type":"chat","content":""}""", Invalid, Empty)]
    [InlineData("""{"type":"chat","content":" \n"}""", Invalid, Empty)]
    [InlineData("""{"type":"chat","content":{}}""", Invalid, Empty)]
    [InlineData("""{"type":"chat","content":"hi","timestamp":null}""", Invalid, BadTime)]
    [InlineData("""{"type":"chat","content":"hi","timestamp":1700000000}""", Invalid, BadTime)]
    [InlineData("""{"type":"chat","content":"hi","timestamp":"yesterday","id":5}""", Invalid, BadTime)]
    [InlineData("""{"type":"ping","timestamp":"yesterday"}""", Invalid, BadTime)]
    [InlineData("""{"type":"chat","content":"hi","id":5}""", Parse, NotParsed + "id")]
    [InlineData("""{"type":"chat","content":"hi","receiver_id":{}}""", Parse, NotParsed + "receiver_id")]
    [InlineData("""{"type":"chat","content":"hi","room_id":7}""", Parse, NotParsed + "room_id")]
    [InlineData("""{"type":"chat","content":"hi","metadata":[]}""", Parse, NotParsed + "metadata")]
    [InlineData("""{"type":"chat","content":"hi","metadata":{"conversation_id":5}}""", Parse, NotParsed + "conversation_id")]
    [InlineData("""{"type":"chat","content":5}""", Parse, NotParsed + "content")]
    [InlineData("""{"type":"chat","content":true}""", Parse, NotParsed + "content")]
    [InlineData("""{"type":"chat","content":["hi"]}""", Parse, NotParsed + "content")]
    [InlineData("""{"type":"chat","content":{"message":5}}""", Parse, NotParsed + "message")]
    [InlineData("""{"type":"chat","content":"\ud800"}""", Parse, NotParsed)]
    [InlineData("""{"type":"\ud800","content":"hi"}""", Parse, NotParsed)]
    [InlineData("""{"type":"chat","content":"hi","id":"\ud800"}""", Parse, NotParsed)]
    [InlineData("""{"type":"chat","content":"123456789012345678901"}""", Invalid, NotValid)]
    [InlineData("""{"type":"chat","content":"hi","metadata":{"conversation_id":"a\u0000b"}}""", Invalid, NotValid + "conversation_id")]
    [InlineData("""{"type":"switch_conversation","content":{}}""", Invalid, "缺少必需字段 (Missing required field): conversation_id")]
    public void A_bad_frame_gets_its_error(string frame, string code, string message)
    {
        var (parsed, answer) = _session.Send(frame);
        Assert.IsType<InvalidFrame>(parsed);
        var content = Assert.Single(answer).GetProperty("content");
        Assert.Equal(code, content.GetProperty("error_code").GetString());
        Assert.StartsWith(message, content.GetProperty("error_message").GetString(), StringComparison.Ordinal);
        Assert.Equal(content.GetProperty("error_message").GetString(), content.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("2024-01-01T12:00:00Z")]
    [InlineData("2024-01-01T12:00:00.000Z")]
    [InlineData("2024-01-01T12:00:00.123456")]
    [InlineData("2024-01-01 12:00")]
    [InlineData("2024-01-01T12:00:00+08:00")]
    [InlineData("2024-02-29")]
    [InlineData("20240101T120000Z")]
    public void A_time_may_have_any_iso_form(string timestamp) =>
        Assert.IsType<AssistantChat>(_session.Parse($$"""{"type":"chat","content":"hi","timestamp":"{{timestamp}}"}"""));

    [Theory]
    [InlineData("")]
    [InlineData("2023-02-29")]
    [InlineData("2024-13-01T00:00:00Z")]
    [InlineData("2024-01-01T24:00:00Z")]
    [InlineData("2024-01-01T12:00:00ZZ")]
    [InlineData("12:00")]
    [InlineData("1700000000")]
    public void A_time_must_be_one(string timestamp) => Assert.False(TimestampForm.IsValid(timestamp));

    [Fact]
    public void Nesting_is_bounded_and_numbers_and_double_names_do_no_harm()
    {
        var deep = $$"""{"type":"chat","content":{"message":"hi","x":{{new string('[', 5000)}}{{new string(']', 5000)}} } }""";
        Assert.Equal(FaultCodes.InvalidJson, Assert.IsType<InvalidFrame>(_session.Parse(deep)).Fault.Code);
        Assert.Equal("b", Chat("""{"type":"chat","x":1e999999,"content":"a","content":"b"}""").Messages[0].Content);
    }

    [Fact]
    public void A_long_word_in_an_error_is_cut_between_characters()
    {
        var word = new string('x', 63) + "😀😀";
        var fault = Assert.IsType<InvalidFrame>(_session.Parse($$"""{"type":"{{word}}","content":"hi"}""")).Fault;
        Assert.Equal($"{BadType}{new string('x', 63)}…", fault.Message);
    }

    [Fact]
    public void A_binary_frame_has_its_error() => Assert.Equal(
        "INVALID_MESSAGE", Assert.Single(_session.Encode(_session.BinaryFault)).GetProperty("content").GetProperty("error_code").GetString());

    [Fact]
    public void An_added_kind_of_message_is_passed_on_whole()
    {
        var session = new SessionProbe(AssistantDialects.Create(new MessageExtension("assistant", "wave")));
        var extension = Assert.IsType<ExtensionRequest>(session.Parse("""{"type":"wave","content":{"to":"bob"}}"""));
        Assert.Equal("bob", extension.Message.GetProperty("content").GetProperty("to").GetString());
        Assert.IsType<InvalidFrame>(session.Parse("""{"type":"wave","content":{"to":["\ud800"]}}"""));
    }

    private AssistantChat Chat(string frame) => Assert.IsType<AssistantChat>(_session.Parse(frame));

    private ClientFrame Command(string content) => _session.Parse($$$"""{"type":"command","content":{{{content}}}}""");

    private string? CommandError(string content)
    {
        var (_, answer) = _session.Send($$$"""{"type":"command","content":{{{content}}}}""");
        var frame = Assert.Single(answer);
        Assert.Equal("error", frame.GetProperty("type").GetString());
        return Assert.Single(frame.GetProperty("content").EnumerateObject(), p => p.NameEquals("error")).Value.GetString();
    }
}
