using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamChat.Contracts;
using StreamChat.Contracts.Agents;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Gateways;
using StreamChat.Contracts.Rooms;
using StreamChat.Contracts.Runs;
using StreamChat.Contracts.Threads;
using StreamChat.Contracts.Tools;

namespace StreamChat.UnitTests.Contracts;

/// <summary>
/// The wire form of everything on the bus, pinned: processes of two versions talk to each other during every deployment. A change
/// here is a decision about that, not a detail.
/// </summary>
public sealed class WireSnapshotTests
{
    private static readonly Guid Run = Guid.Parse("0192f0c1-7b1e-7c3a-9a55-0123456789ab");

    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly RoomMember Member = new() { ConnectionId = "a1b2c3d4e5f6.7", UserId = "ada" };

    private static readonly ThreadSummary Thread = new()
    {
        ThreadId = "thread-1",
        Title = "Tea",
        Agent = "Weather Agent",
        WhenBusy = ThreadPolicy.Interrupt,
        Context = Json("""{"city":"Berlin"}"""),
        CreatedAt = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
        UpdatedAt = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
    };

    private static readonly Room Lobby = new()
    {
        RoomId = "lobby",
        Name = "Lobby",
        Description = "All.",
        CreatedBy = "ada",
        CreatedAt = DateTimeOffset.UnixEpoch,
        MaxMembers = 5,
        IsPrivate = true,
        Members = 2,
        Speak = RoomSpeakers.Members,
        Cancel = RoomCancellers.Creator,
    };

    private static readonly Dictionary<string, (object Value, string Json)> Messages = new()
    {
        [nameof(StartRun)] = (
            new StartRun
            {
                RunId = Run,
                ThreadId = "thread-1",
                UserId = "ada",
                GatewayId = "a1b2c3d4e5f6",
                ConnectionId = "a1b2c3d4e5f6.7",
                Messages = [new InputMessage { Id = "m1", Role = "user", Content = "你好 \"there\"" }],
                Tools = [new ClientTool { Name = "pick", Description = "Picks.", Parameters = Json("""{"type":"object"}""") }],
                Context = Json("""[{"description":"city","value":"Paris"}]"""),
                State = Json("""{"mood":"calm"}"""),
                ForwardedProps = Json("""{"x":1}"""),
                RoomId = "lobby",
                Agent = "Triage Agent",
                Personality = "friendly",
                UseTools = false,
                RequestedAt = DateTimeOffset.UnixEpoch,
            },
            """{"runId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","threadId":"thread-1","userId":"ada","gatewayId":"a1b2c3d4e5f6","connectionId":"a1b2c3d4e5f6.7","messages":[{"id":"m1","role":"user","content":"\u4F60\u597D \u0022there\u0022"}],"tools":[{"name":"pick","description":"Picks.","parameters":{"type":"object"}}],"context":[{"description":"city","value":"Paris"}],"state":{"mood":"calm"},"forwardedProps":{"x":1},"roomId":"lobby","agent":"Triage Agent","personality":"friendly","useTools":false,"requestedAt":"1970-01-01T00:00:00+00:00"}"""),
        [nameof(CancelRun)] = (
            new CancelRun { RunId = Run, UserId = "ada", ThreadId = "~room/lobby" },
            """{"runId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","userId":"ada","threadId":"~room/lobby"}"""),
        [nameof(AttachRun)] = (
            new AttachRun
            {
                RunId = Run,
                UserId = "ada",
                ThreadId = "~room/lobby",
                GatewayId = "a1b2c3d4e5f6",
                ConnectionId = "a1b2c3d4e5f6.7",
                Attempt = 2,
                AfterSeq = 41,
                OnlyFind = true,
            },
            """{"runId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","userId":"ada","threadId":"~room/lobby","gatewayId":"a1b2c3d4e5f6","connectionId":"a1b2c3d4e5f6.7","attempt":2,"afterSeq":41,"onlyFind":true}"""),
        [nameof(AttachAnswered)] = (
            new AttachAnswered
            {
                RunId = Run,
                ConnectionId = "a1b2c3d4e5f6.7",
                Code = AttachCodes.NotFound,
                UserId = "ada",
                ThreadId = "thread-1",
                WorkerId = "f6e5d4c3b2a1",
                HasEnded = true,
            },
            """{"runId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","connectionId":"a1b2c3d4e5f6.7","code":"not_found","userId":"ada","threadId":"thread-1","workerId":"f6e5d4c3b2a1","hasEnded":true}"""),
        [nameof(RunsAnnounced)] = (
            new RunsAnnounced
            {
                Runs =
                [
                    new RunAnnounced
                    {
                        RunId = Run,
                        Attempt = 1,
                        ThreadId = "~room/lobby",
                        UserId = "ada",
                        RoomId = "lobby",
                        GatewayId = "a1b2c3d4e5f6",
                        WorkerId = "f6e5d4c3b2a1",
                    },
                ],
            },
            """{"runs":[{"runId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","attempt":1,"threadId":"~room/lobby","userId":"ada","roomId":"lobby","gatewayId":"a1b2c3d4e5f6","workerId":"f6e5d4c3b2a1"}]}"""),
        [nameof(AgentsAnnounced)] = (
            new AgentsAnnounced
            {
                WorkerId = "f6e5d4c3b2a1",
                Agents = [new AgentDescription { Name = "Weather Agent", Description = "Weather.", HandOffs = ["Triage Agent"], Tools = ["weather"], InputGuardrails = ["relevance"] }],
                Models = [new ModelDescription { Name = "demo", Provider = "demo" }],
                Personalities = [new PersonalityDescription { Id = "concise", Description = "Brief." }],
                ValidFor = TimeSpan.FromSeconds(30),
            },
            """{"workerId":"f6e5d4c3b2a1","agents":[{"name":"Weather Agent","description":"Weather.","handOffs":["Triage Agent"],"tools":["weather"],"inputGuardrails":["relevance"]}],"models":[{"name":"demo","provider":"demo"}],"personalities":[{"id":"concise","description":"Brief."}],"validFor":"00:00:30"}"""),
        [nameof(AgentsRequested)] = (new AgentsRequested { GatewayId = "a1b2c3d4e5f6" }, """{"gatewayId":"a1b2c3d4e5f6"}"""),
        [nameof(CreateRoom)] = (
            new CreateRoom { RoomId = "lobby", Name = "Lobby", Description = "All.", MaxMembers = 5, IsPrivate = true, Speak = RoomSpeakers.Creator, Cancel = RoomCancellers.Members, Member = Member },
            """{"roomId":"lobby","name":"Lobby","description":"All.","maxMembers":5,"isPrivate":true,"speak":"creator","cancel":"members","member":{"connectionId":"a1b2c3d4e5f6.7","userId":"ada"}}"""),
        [nameof(JoinRoom)] = (
            new JoinRoom { RoomId = "lobby", CreateIfMissing = true, Member = Member },
            """{"roomId":"lobby","createIfMissing":true,"member":{"connectionId":"a1b2c3d4e5f6.7","userId":"ada"}}"""),
        [nameof(LeaveRoom)] = (
            new LeaveRoom { RoomId = "lobby", ConnectionId = "a1b2c3d4e5f6.7" },
            """{"roomId":"lobby","connectionId":"a1b2c3d4e5f6.7"}"""),
        [nameof(InviteToRoom)] = (
            new InviteToRoom { RoomId = "lobby", UserId = "ada", InvitedUserId = "bob" },
            """{"roomId":"lobby","userId":"ada","invitedUserId":"bob"}"""),
        [nameof(RoomAnswer)] = (
            new RoomAnswer { Status = RoomStatus.NotFound, Room = Lobby },
            """{"status":"not_found","room":{"roomId":"lobby","name":"Lobby","description":"All.","createdBy":"ada","createdAt":"1970-01-01T00:00:00+00:00","maxMembers":5,"isPrivate":true,"members":2,"speak":"members","cancel":"creator"}}"""),
        [nameof(ListRooms)] = (
            new ListRooms { UserId = "ada", After = "hall", Limit = 50 },
            """{"userId":"ada","after":"hall","limit":50}"""),
        [nameof(RoomList)] = (
            new RoomList { Status = RoomStatus.Ok, Rooms = [Lobby], Total = 7 },
            """{"status":"ok","rooms":[{"roomId":"lobby","name":"Lobby","description":"All.","createdBy":"ada","createdAt":"1970-01-01T00:00:00+00:00","maxMembers":5,"isPrivate":true,"members":2,"speak":"members","cancel":"creator"}],"total":7}"""),
        [nameof(RenewRoomMembers)] = (
            new RenewRoomMembers { ConnectionIds = ["a1b2c3d4e5f6.7"] },
            """{"connectionIds":["a1b2c3d4e5f6.7"]}"""),
        [nameof(RoomMembersRenewed)] = (
            new RoomMembersRenewed { Status = RoomStatus.Unavailable, Rooms = new Dictionary<string, int> { ["a1b2c3d4e5f6.7"] = 2 } },
            """{"status":"unavailable","rooms":{"a1b2c3d4e5f6.7":2}}"""),
        [nameof(RoomsChanged)] = (new RoomsChanged { RoomIds = ["lobby"] }, """{"roomIds":["lobby"]}"""),
        [nameof(ReadRoomMembers)] = (
            new ReadRoomMembers { RoomIds = ["lobby"], MostUsers = 100 },
            """{"roomIds":["lobby"],"mostUsers":100}"""),
        [nameof(RoomMembersRead)] = (
            new RoomMembersRead
            {
                Status = RoomStatus.Ok,
                Rooms = [new RoomMembers { RoomId = "lobby", Users = [new RoomUser { UserId = "ada", Connections = 2 }], Total = 7 }],
            },
            """{"status":"ok","rooms":[{"roomId":"lobby","users":[{"userId":"ada","connections":2}],"total":7}]}"""),
        [nameof(GatewayReport)] = (
            new GatewayReport
            {
                GatewayId = "a1b2c3d4e5f6",
                StartedAt = DateTimeOffset.UnixEpoch,
                Dialects = [new DialectReport { Dialect = "native", Connections = 2, Users = 1, FramesSent = 7, TotalConnections = 3, TotalFramesSent = 9, OldestOpenedAt = DateTimeOffset.UnixEpoch }],
                ValidFor = TimeSpan.FromSeconds(15),
            },
            """{"gatewayId":"a1b2c3d4e5f6","startedAt":"1970-01-01T00:00:00+00:00","dialects":[{"dialect":"native","connections":2,"users":1,"framesSent":7,"totalConnections":3,"totalFramesSent":9,"oldestOpenedAt":"1970-01-01T00:00:00+00:00"}],"validFor":"00:00:15"}"""),
        [nameof(ListConnections)] = (
            new ListConnections { RequestId = Run, GatewayId = "a1b2c3d4e5f6", Limit = 1000 },
            """{"requestId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","gatewayId":"a1b2c3d4e5f6","limit":1000}"""),
        [nameof(ConnectionsListed)] = (
            new ConnectionsListed
            {
                RequestId = Run,
                GatewayId = "a1b2c3d4e5f6",
                Connections = [new ConnectionDescription { ConnectionId = "a1b2c3d4e5f6.7", Dialect = "assistant", UserId = "ada", UserName = "Ada", OpenedAt = DateTimeOffset.UnixEpoch, LastActiveAt = DateTimeOffset.UnixEpoch, FramesSent = 4, Rooms = ["lobby"], MemberId = "child" }],
            },
            """{"requestId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","gatewayId":"a1b2c3d4e5f6","connections":[{"connectionId":"a1b2c3d4e5f6.7","dialect":"assistant","userId":"ada","userName":"Ada","openedAt":"1970-01-01T00:00:00+00:00","lastActiveAt":"1970-01-01T00:00:00+00:00","framesSent":4,"rooms":["lobby"],"memberId":"child"}]}"""),
        [nameof(Broadcast)] = (
            new Broadcast { MessageId = Run, GatewayId = "a1b2c3d4e5f6", Type = "notification", Content = Json("\"hi\""), RoomId = "lobby", UserId = "ada", ExceptConnectionId = "a1b2c3d4e5f6.7" },
            """{"messageId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","gatewayId":"a1b2c3d4e5f6","type":"notification","content":"hi","roomId":"lobby","userId":"ada","exceptConnectionId":"a1b2c3d4e5f6.7"}"""),
        [nameof(BroadcastDelivered)] = (
            new BroadcastDelivered { MessageId = Run, GatewayId = "a1b2c3d4e5f6", Connections = 3 },
            """{"messageId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","gatewayId":"a1b2c3d4e5f6","connections":3}"""),
        [nameof(RunEventBatch)] = (
            new RunEventBatch
            {
                WorkerId = "f6e5d4c3b2a1",
                Slices =
                [
                    new RunEventSlice
                    {
                        RunId = Run,
                        Attempt = 1,
                        Events =
                        [
                            new TextMessageContent { Seq = 5, MessageId = "m", Delta = "a" },
                            new TextMessageContent { Seq = 9, FromSeq = 6, MessageId = "m", Delta = "bcde" },
                        ],
                    },
                ],
            },
            """{"workerId":"f6e5d4c3b2a1","slices":[{"runId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","attempt":1,"events":[{"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"a","seq":5},{"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"bcde","seq":9,"fromSeq":6}]}]}"""),
        [nameof(CallTool)] = (
            new CallTool
            {
                RunId = Run,
                ToolCallId = "call_1",
                Name = "calculator",
                Arguments = Json("""{"expression":"2*3"}"""),
                UserId = "ada",
                ThreadId = "thread-1",
                Timeout = TimeSpan.FromSeconds(5),
            },
            """{"runId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","toolCallId":"call_1","name":"calculator","arguments":{"expression":"2*3"},"userId":"ada","threadId":"thread-1","timeout":"00:00:05"}"""),
        [nameof(ToolProgressed)] = (
            new ToolProgressed { RunId = Run, ToolCallId = "call_1", Progress = 2, Total = 5, Message = "Half way." },
            """{"runId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","toolCallId":"call_1","progress":2,"total":5,"message":"Half way."}"""),
        [nameof(AnswerToolCall)] = (
            new AnswerToolCall { RunId = Run, ToolCallId = "call_1", UserId = "ada", Content = "denied", IsError = true },
            """{"runId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","toolCallId":"call_1","userId":"ada","content":"denied","isError":true}"""),
        [nameof(ListThreads)] = (
            new ListThreads { UserId = "ada", After = "1700000000000/thread-1", Limit = 20 },
            """{"userId":"ada","after":"1700000000000/thread-1","limit":20}"""),
        [nameof(ThreadList)] = (
            new ThreadList { Status = ThreadStatus.Ok, Threads = [Thread], Next = "1700000000000/thread-1" },
            """{"status":"ok","threads":[{"threadId":"thread-1","title":"Tea","agent":"Weather Agent","whenBusy":"interrupt","context":{"city":"Berlin"},"createdAt":"2023-11-14T22:13:20+00:00","updatedAt":"2023-11-14T22:13:20+00:00"}],"next":"1700000000000/thread-1"}"""),
        [nameof(ReadThread)] = (
            new ReadThread { UserId = "ada", ThreadId = "thread-1", Before = 7, Limit = 50 },
            """{"userId":"ada","threadId":"thread-1","before":7,"limit":50}"""),
        [nameof(ThreadPage)] = (
            new ThreadPage
            {
                Status = ThreadStatus.Ok,
                Messages =
                [
                    new ThreadMessage
                    {
                        Position = 6,
                        Id = "m6",
                        Role = "assistant",
                        Content = "Hi",
                        Agent = "Weather Agent",
                        ToolCalls = Json("""[{"id":"call_1","name":"weather","arguments":{}}]"""),
                        RunId = Run,
                        Partial = true,
                        CreatedAt = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
                    },
                ],
                Before = 6,
            },
            """{"status":"ok","messages":[{"position":6,"id":"m6","role":"assistant","content":"Hi","agent":"Weather Agent","toolCalls":[{"id":"call_1","name":"weather","arguments":{}}],"runId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","partial":true,"createdAt":"2023-11-14T22:13:20+00:00"}],"before":6}"""),
        [nameof(ChangeThread)] = (
            new ChangeThread { UserId = "ada", ThreadId = "thread-1", Title = "Tea", WhenBusy = ThreadPolicy.Reject },
            """{"userId":"ada","threadId":"thread-1","title":"Tea","whenBusy":"reject"}"""),
        [nameof(DeleteThread)] = (new DeleteThread { UserId = "ada", ThreadId = "thread-1" }, """{"userId":"ada","threadId":"thread-1"}"""),
        [nameof(ThreadAnswer)] = (new ThreadAnswer { Status = ThreadStatus.NotFound }, """{"status":"not_found"}"""),
        [nameof(ListThreadRuns)] = (
            new ListThreadRuns { UserId = "ada", ThreadId = "~room/lobby", RoomId = "lobby" },
            """{"userId":"ada","threadId":"~room/lobby","roomId":"lobby"}"""),
        [nameof(ThreadRuns)] = (
            new ThreadRuns
            {
                Status = ThreadStatus.Ok,
                Runs = [new RunAnnounced { RunId = Run, Attempt = 1, ThreadId = "~room/lobby", UserId = "ada", RoomId = "lobby", WorkerId = "f6e5d4c3b2a1" }],
            },
            """{"status":"ok","runs":[{"runId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","attempt":1,"threadId":"~room/lobby","userId":"ada","roomId":"lobby","gatewayId":null,"workerId":"f6e5d4c3b2a1"}]}"""),
        [nameof(ToolResult)] = (
            new ToolResult { ToolCallId = "call_1", Result = Json("579") },
            """{"toolCallId":"call_1","result":579,"error":null}"""),
        [nameof(ToolsAnnounced)] = (
            new ToolsAnnounced
            {
                ToolWorkerId = "t",
                ValidFor = TimeSpan.FromSeconds(35),
                Tools =
                [
                    new ToolDescription
                    {
                        Name = "calculator",
                        Description = "Calculates.",
                        Parameters = Json("""{"type":"object"}"""),
                        Timeout = TimeSpan.FromSeconds(5),
                        SafeToRepeat = true,
                    },
                ],
            },
            """{"toolWorkerId":"t","tools":[{"name":"calculator","description":"Calculates.","parameters":{"type":"object"},"timeout":"00:00:05","safeToRepeat":true}],"validFor":"00:00:35"}"""),
        [nameof(TokensRevoked)] = (
            new TokensRevoked
            {
                Revocations =
                [
                    new TokenRevocation { TokenId = "0192f0c1-7b1e-7c3a-9a55-0123456789ab", RevokedAt = Time, Until = Time.AddMinutes(15) },
                    new TokenRevocation { UserId = "ada", RevokedAt = Time, Until = Time.AddHours(1) },
                ],
            },
            """{"revocations":[{"tokenId":"0192f0c1-7b1e-7c3a-9a55-0123456789ab","userId":null,"revokedAt":"2026-01-02T03:04:05+00:00","until":"2026-01-02T03:19:05+00:00"},{"tokenId":null,"userId":"ada","revokedAt":"2026-01-02T03:04:05+00:00","until":"2026-01-02T04:04:05+00:00"}]}"""),
        [nameof(RevocationsAnnounced)] = (
            new RevocationsAnnounced { GatewayId = "a1b2c3d4e5f6", Digest = "00000000000000ff", Probe = "CfDJ8" },
            """{"gatewayId":"a1b2c3d4e5f6","digest":"00000000000000ff","probe":"CfDJ8"}"""),
        [nameof(ToolsRequested)] = (new ToolsRequested { WorkerId = "w" }, """{"workerId":"w"}"""),
    };

    private static readonly Dictionary<string, (RunEvent Value, string Json)> Events = new()
    {
        ["RUN_STARTED"] = (
            new RunStarted { Seq = 1, ThreadId = "t", TraceId = "0af7651916cd43dd8448eb211c80319c", KeepMessages = 0 },
            """{"type":"RUN_STARTED","threadId":"t","traceId":"0af7651916cd43dd8448eb211c80319c","keepMessages":0,"seq":1}"""),
        ["RUN_FINISHED"] = (new RunFinished { Seq = 9, ThreadId = "t" }, """{"type":"RUN_FINISHED","threadId":"t","seq":9}"""),
        ["RUN_ERROR"] = (
            new RunError { Seq = 9, Code = RunErrorCodes.Cancelled, Message = "Stopped." },
            """{"type":"RUN_ERROR","message":"Stopped.","code":"cancelled","seq":9}"""),
        ["STEP_STARTED"] = (new StepStarted { Seq = 2, StepName = "Triage Agent" }, """{"type":"STEP_STARTED","stepName":"Triage Agent","seq":2}"""),
        ["STEP_FINISHED"] = (new StepFinished { Seq = 8, StepName = "Triage Agent" }, """{"type":"STEP_FINISHED","stepName":"Triage Agent","seq":8}"""),
        ["TEXT_MESSAGE_START"] = (
            new TextMessageStart { Seq = 3, MessageId = "m", Role = "assistant" },
            """{"type":"TEXT_MESSAGE_START","messageId":"m","role":"assistant","seq":3}"""),
        ["TEXT_MESSAGE_CONTENT"] = (
            new TextMessageContent { Seq = 7, FromSeq = 4, MessageId = "m", Delta = "word " },
            """{"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"word ","seq":7,"fromSeq":4}"""),
        ["TEXT_MESSAGE_END"] = (new TextMessageEnd { Seq = 8, MessageId = "m" }, """{"type":"TEXT_MESSAGE_END","messageId":"m","seq":8}"""),
        ["TOOL_CALL_START"] = (
            new ToolCallStart { Seq = 3, ToolCallId = "c", ToolCallName = "calculator", ParentMessageId = "m" },
            """{"type":"TOOL_CALL_START","toolCallId":"c","toolCallName":"calculator","parentMessageId":"m","seq":3}"""),
        ["REASONING_MESSAGE_START"] = (
            new ReasoningMessageStart { Seq = 3, MessageId = "m-reasoning-1", Role = "reasoning" },
            """{"type":"REASONING_MESSAGE_START","messageId":"m-reasoning-1","role":"reasoning","seq":3}"""),
        ["REASONING_MESSAGE_CONTENT"] = (
            new ReasoningMessageContent { Seq = 7, FromSeq = 4, MessageId = "m-reasoning-1", Delta = "So " },
            """{"type":"REASONING_MESSAGE_CONTENT","messageId":"m-reasoning-1","delta":"So ","seq":7,"fromSeq":4}"""),
        ["REASONING_MESSAGE_END"] = (
            new ReasoningMessageEnd { Seq = 8, MessageId = "m-reasoning-1" }, """{"type":"REASONING_MESSAGE_END","messageId":"m-reasoning-1","seq":8}"""),
        ["TOOL_CALL_ARGS"] = (new ToolCallArgs { Seq = 4, ToolCallId = "c", Delta = "{}" }, """{"type":"TOOL_CALL_ARGS","toolCallId":"c","delta":"{}","seq":4}"""),
        ["TOOL_CALL_END"] = (new ToolCallEnd { Seq = 5, ToolCallId = "c" }, """{"type":"TOOL_CALL_END","toolCallId":"c","seq":5}"""),
        ["TOOL_CALL_RESULT"] = (
            new ToolCallResult { Seq = 6, MessageId = "r", ToolCallId = "c", Content = "579", Role = "tool", IsError = true },
            """{"type":"TOOL_CALL_RESULT","messageId":"r","toolCallId":"c","content":"579","role":"tool","isError":true,"seq":6}"""),
        ["STATE_SNAPSHOT"] = (new StateSnapshot { Seq = 2, Snapshot = Json("""{"city":"Paris"}""") }, """{"type":"STATE_SNAPSHOT","snapshot":{"city":"Paris"},"seq":2}"""),
        ["STATE_DELTA"] = (
            new StateDelta { Seq = 3, Delta = Json("""[{"op":"remove","path":"/city"}]""") },
            """{"type":"STATE_DELTA","delta":[{"op":"remove","path":"/city"}],"seq":3}"""),
        ["MESSAGES_SNAPSHOT"] = (
            new MessagesSnapshot { Seq = 2, Messages = [new InputMessage { Id = "m", Role = "user", Content = "hi" }] },
            """{"type":"MESSAGES_SNAPSHOT","messages":[{"id":"m","role":"user","content":"hi"}],"seq":2}"""),
        ["CUSTOM"] = (new Custom { Seq = 2, Name = "progress", Value = Json("0.5") }, """{"type":"CUSTOM","name":"progress","value":0.5,"seq":2}"""),
    };

    public static TheoryData<string> MessageNames => [.. Messages.Keys];

    public static TheoryData<string> EventNames => [.. Events.Keys];

    [Theory]
    [MemberData(nameof(MessageNames))]
    public void Message_has_its_pinned_form(string name)
    {
        var (value, json) = Messages[name];
        Assert.Equal(json, JsonSerializer.Serialize(value, value.GetType(), ContractsJson.Default));
        var read = JsonSerializer.Deserialize(json, value.GetType(), ContractsJson.Default);
        Assert.Equal(json, JsonSerializer.Serialize(read, value.GetType(), ContractsJson.Default));
    }

    [Theory]
    [MemberData(nameof(EventNames))]
    public void Event_has_its_pinned_form(string name)
    {
        var (value, json) = Events[name];
        Assert.Equal(json, JsonSerializer.Serialize(value, ContractsJson.Default.RunEvent));
        var read = JsonSerializer.Deserialize(json, ContractsJson.Default.RunEvent);
        Assert.Equal(value.GetType(), read?.GetType());
        Assert.Equal(json, JsonSerializer.Serialize(read, ContractsJson.Default.RunEvent));
    }

    [Fact]
    public void Every_event_is_pinned() => Assert.Equal(
        typeof(RunEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(a => (string)a.TypeDiscriminator!).Order(),
        Events.Keys.Order());

    [Fact]
    public void Every_message_is_pinned() => Assert.Equal(
        typeof(ContractsJson).GetCustomAttributesData()
            .Where(a => a.AttributeType == typeof(JsonSerializableAttribute))
            .Select(a => ((Type)a.ConstructorArguments[0].Value!).Name)
            .Where(n => n != nameof(RunEvent))
            .Order(),
        Messages.Keys.Order());

    private static JsonElement Json(string json) => JsonElement.Parse(json);
}
