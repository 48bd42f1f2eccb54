using System.Text.Json;
using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Assistant;
using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Gateway.Dialects.Assistant;

/// <summary>Every frame that a client gets but those of an answer.</summary>
public sealed class AssistantFrameTests
{
    private const string Now = "2025-07-13T12:33:41.123000";

    private static readonly Room Kitchen = new()
    {
        RoomId = "kitchen",
        Name = "Kitchen",
        Description = "Cooking",
        CreatedBy = "ada",
        CreatedAt = new DateTimeOffset(2025, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        MaxMembers = 5,
        IsPrivate = true,
        Members = 2,
    };

    private readonly SessionProbe _session = new(AssistantDialects.Create(), "ada", ("username", "Ada Lovelace"));

    [Fact]
    public void The_connection_is_described_in_one_frame()
    {
        var frame = Only(_session.Encode(new Welcome("g.1", "ada", TimeSpan.FromSeconds(30))), "connect", "system", "user_ada_room");
        var content = frame.GetProperty("content");
        var id = content.GetProperty("connection_id").GetString();
        Assert.Matches("^conn_20250713123340_[0-9a-f]{16}$", id);
        AssertJson(
            $$$"""{"status":"connected","message":"欢迎使用 AI 个人日常助手！","connection_id":"{{{id}}}","user_info":{"user_id":"ada","username":"Ada Lovelace","email":null,"avatar":null,"roles":["user"],"metadata":{}},"room_id":"user_ada_room","timestamp":"{{{Now}}}"}""",
            content);
    }

    [Fact]
    public void Without_a_name_the_user_is_called_by_id_and_the_room_of_the_handshake_is_told()
    {
        var session = new SessionProbe(AssistantDialects.Create(), "7", ("room_id", "kitchen"), ("username", ""));
        var content = Only(session.Encode(new Welcome("g.1", "7", TimeSpan.Zero)), "connect", "system", "kitchen").GetProperty("content");
        Assert.Equal("用户_7", content.GetProperty("user_info").GetProperty("username").GetString());
        Assert.Equal("kitchen", content.GetProperty("room_id").GetString());
    }

    [Fact]
    public void Two_connections_have_two_ids() =>
        Assert.NotEqual(AssistantNames.Connection("g.1", default), AssistantNames.Connection("g.2", default));

    [Fact]
    public void Pings_go_both_ways()
    {
        AssertJson($$"""{"timestamp":"{{Now}}"}""", Only(_session.Encode(new Pong(null)), "pong", null, null).GetProperty("content"));
        AssertJson($$"""{"timestamp":"{{Now}}"}""", Only(_session.Encode(new HeartbeatDue()), "ping", null, null).GetProperty("content"));
    }

    [Fact]
    public void It_has_a_heartbeat_that_only_those_must_answer_who_have_before_and_no_idle_limit()
    {
        IDialect dialect = AssistantDialects.Create();
        Assert.True(dialect.HasHeartbeat);
        Assert.Equal(TimeSpan.FromSeconds(90), dialect.PongTimeout);
        Assert.Equal(IdleRule.Never, dialect.Idle);
        Assert.Equal(UserIdSource.RequiredQuery, dialect.UserId);
        Assert.True(dialect.OneAtATime);
        Assert.True(dialect.Pacing.Late);
    }

    [Theory]
    [InlineData(FaultCodes.TooManyRequests, "TOO_MANY_REQUESTS", "请求过多: Wait.")]
    [InlineData(FaultCodes.RateLimited, "TOO_MANY_REQUESTS", "请求过多: Wait.")]
    [InlineData(FaultCodes.Internal, "MESSAGE_PROCESSING_ERROR", "消息处理错误: Wait.")]
    [InlineData(FaultCodes.Unavailable, "MESSAGE_PROCESSING_ERROR", "消息处理错误: Wait.")]
    [InlineData(FaultCodes.Forbidden, "MESSAGE_PROCESSING_ERROR", "消息处理错误: Wait.")]
    public void A_refusal_is_an_error_frame(string code, string expected, string message)
    {
        var content = Only(_session.Encode(new Fault(code, "Wait.")), "error", "system", null).GetProperty("content");
        var id = content.GetProperty("connection_id").GetString();
        Assert.StartsWith("conn_", id, StringComparison.Ordinal);
        AssertJson(
            $$$"""{"error_code":"{{{expected}}}","error_message":"{{{message}}}","error_type":"websocket_error","timestamp":"{{{Now}}}","connection_id":"{{{id}}}","additional_info":{},"error":"{{{message}}}"}""",
            content);
    }

    public static TheoryData<string, string> Replies => new()
    {
        { "joined", """{"command":"join_room_response","success":true,"room_id":"kitchen","message":"成功加入房间 (Successfully joined room): kitchen"}""" },
        { "not joined", """{"command":"join_room_response","success":false,"room_id":"kitchen","message":"加入房间失败 (Failed to join room): kitchen"}""" },
        { "left", """{"command":"leave_room_response","success":true,"room_id":"kitchen","message":"成功离开房间 (Successfully left room): kitchen"}""" },
        {
            "created",
            """{"command":"create_room_response","success":true,"room_info":{"room_id":"kitchen","name":"Kitchen","description":"Cooking","created_at":"2025-01-02T03:04:05.678000","created_by":"ada","max_members":5,"is_private":true,"metadata":{}},"message":"成功创建房间 (Successfully created room): kitchen"}"""
        },
        { "not created", """{"command":"create_room_response","success":false,"room_info":null,"message":"创建房间失败 (Failed to create room): kitchen"}""" },
        { "invited", """{"command":"invite_response","success":true,"room_id":"kitchen","user_id":"bob","message":"成功邀请用户 (Successfully invited user): bob"}""" },
        { "not invited", """{"command":"invite_response","success":false,"room_id":"kitchen","user_id":"bob","message":"邀请用户失败 (Failed to invite user): bob"}""" },
        {
            "listed",
            """{"command":"list_rooms_response","rooms":[{"room_id":"kitchen","name":"Kitchen","description":"Cooking","member_count":2,"max_members":5,"is_private":true,"created_at":"2025-01-02T03:04:05.678000"}],"total_count":1}"""
        },
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public void A_command_is_answered(string name, string expected)
    {
        ServerEvent reply = name switch
        {
            "joined" => new RoomJoined("kitchen", true),
            "not joined" => new RoomJoined("kitchen", false),
            "left" => new RoomLeft("kitchen"),
            "created" => new RoomCreated("kitchen", Kitchen),
            "not created" => new RoomCreated("kitchen", null),
            "invited" => new UserInvited("kitchen", "bob", true),
            "not invited" => new UserInvited("kitchen", "bob", false),
            _ => new RoomsListed([Kitchen], 1),
        };
        AssertJson(expected, Only(_session.Encode(reply), "command", "system", null).GetProperty("content"));
    }

    [Fact]
    public void A_connection_is_told_about_itself()
    {
        var content = Only(_session.Encode(new ConnectionDescribed(["kitchen", "user_ada_room"])), "command", "system", null).GetProperty("content");
        Assert.Equal("get_connection_info_response", content.GetProperty("command").GetString());
        var info = content.GetProperty("connection_info");
        Assert.Equal("connected", info.GetProperty("status").GetString());
        Assert.Equal("2025-07-13T12:33:40.000000", info.GetProperty("connected_at").GetString());
        Assert.Equal(["user_ada_room", "kitchen"], info.GetProperty("rooms").EnumerateArray().Select(r => r.GetString()));
        Assert.Equal("Ada Lovelace", info.GetProperty("user_info").GetProperty("username").GetString());
        Assert.StartsWith("conn_20250713123340_", info.GetProperty("connection_id").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Notifications_have_a_type_of_their_own()
    {
        AssertJson(
            $$"""{"type":"welcome","message":"欢迎连接到 AI 个人日常助手！(Welcome to AI Personal Daily Assistant!)","timestamp":"{{Now}}"}""",
            Only(_session.Encode(new AssistantGreeted()), "notification", "system", null).GetProperty("content"));
        AssertJson(
            """{"type":"conversation_switched","conversation_id":"c","message":"已切换到对话 (Switched to conversation): c"}""",
            Only(_session.Encode(new ConversationSwitched("c")), "notification", "system", null).GetProperty("content"));
    }

    [Fact]
    public void A_room_of_the_handshake_that_cannot_be_entered_is_told() => AssertJson(
        """{"error":"加入房间失败 (Failed to join room): kitchen"}""",
        Only(_session.Encode(new RoomNotEntered("kitchen")), "error", "system", null).GetProperty("content"));

    [Theory]
    [InlineData("\"hello\"")]
    [InlineData("""{"a":["\ud800",1e999]}""")]
    public void A_broadcast_is_passed_on_as_it_stands(string content)
    {
        var id = Guid.CreateVersion7();
        var frame = Only(_session.Encode(new Announcement(id, "notification", JsonElement.Parse(content), null)), "notification", "system", null);
        Assert.Equal(id, frame.GetProperty("id").GetGuid());
        Assert.Equal(content, frame.GetProperty("content").GetRawText());
    }

    [Fact]
    public void What_the_protocol_has_no_word_for_is_not_said()
    {
        Assert.Empty(_session.Encode(new Received(new PingRequest(null))));
        Assert.Empty(_session.Encode(new Accepted(Guid.CreateVersion7(), "t", null)));
        Assert.Empty(_session.Encode(new StillQuiet()));
        Assert.Empty(_session.Encode(new IdleClose()));
        Assert.Empty(_session.Encode(new Reconnect(TimeSpan.Zero)));
        Assert.Empty(_session.Encode(new AllCancelled()));
    }

    [Fact]
    public void A_frame_of_an_added_kind_is_as_it_stands() =>
        AssertJson("""{"type":"wave"}""", Assert.Single(_session.Encode(new VerbatimFrame(JsonElement.Parse("""{"type":"wave"}""")))));

    /// <summary>There is one frame, with all eight members and nothing else.</summary>
    internal static JsonElement Only(IReadOnlyList<JsonElement> frames, string type, string? sender, string? roomId)
    {
        var frame = Assert.Single(frames);
        Assert.Equal(
            ["id", "type", "content", "sender_id", "receiver_id", "room_id", "timestamp", "metadata"], frame.EnumerateObject().Select(p => p.Name));
        Assert.True(Guid.TryParseExact(frame.GetProperty("id").GetString(), "D", out _));
        Assert.Equal(type, frame.GetProperty("type").GetString());
        Assert.Equal(sender, frame.GetProperty("sender_id").GetString());
        Assert.Equal(JsonValueKind.Null, frame.GetProperty("receiver_id").ValueKind);
        Assert.Equal(roomId, frame.GetProperty("room_id").GetString());
        Assert.Equal(Now, frame.GetProperty("timestamp").GetString());
        Assert.Empty(frame.GetProperty("metadata").EnumerateObject());
        return frame;
    }

    internal static void AssertJson(string expected, JsonElement actual) =>
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), actual), actual.GetRawText());
}
