using System.Text.Json;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Assistant;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Identity;

namespace StreamChat.UnitTests.Gateway.Dialects.Assistant;

/// <summary>An answer as clients of the protocol see it: snapshots that grow, and a completion.</summary>
public sealed class AssistantTurnTests
{
    private readonly SessionProbe _session = new(AssistantDialects.Create(), "ada");

    [Fact]
    public void A_whole_turn_comes_in_the_order_that_clients_know()
    {
        Open();
        List<JsonElement> frames =
        [
            .. Say(new RunStarted { Seq = 0, ThreadId = "t" }),
            .. Say(new Custom { Seq = 0, Name = CustomEvents.Guardrail, Value = JsonElement.Parse("""{"id":"g1","name":"Relevance","input":"天气","reasoning":"fine","passed":true}""") }),
            .. Say(new StepStarted { Seq = 0, StepName = "Triage Agent" }),
            .. Say(new StepFinished { Seq = 0, StepName = "Triage Agent" }),
            .. Say(HandOff("Triage Agent", "Weather Agent")),
            .. Say(new StepStarted { Seq = 0, StepName = "Weather Agent" }),
            .. Say(new ToolCallStart { Seq = 0, ToolCallId = "c1", ToolCallName = "weather" }),
            .. Say(new ToolCallArgs { Seq = 0, ToolCallId = "c1", Delta = """{"city":""" }),
            .. Say(new ToolCallArgs { Seq = 0, ToolCallId = "c1", Delta = "\"北京\"}" }),
            .. Say(new ToolCallEnd { Seq = 0, ToolCallId = "c1" }),
            .. Say(new ToolCallResult { Seq = 0, MessageId = "m1", ToolCallId = "c1", Content = """{"temp":25}""", Role = "tool" }),
            .. Text("m2", "今天是", "晴天"),
            .. Say(new StepFinished { Seq = 0, StepName = "Weather Agent" }),
            .. Say(new RunFinished { Seq = 0, ThreadId = "t" }),
        ];

        Assert.All(frames, f => AssistantFrameTests.Only([f], "ai_response", "system", "user_ada_room"));
        var contents = frames.ConvertAll(f => f.GetProperty("content"));
        Assert.Equal(
            [
                ("Triage Agent", 0, 0, ""),
                ("Triage Agent", 0, 0, ""),
                ("Weather Agent", 1, 0, ""),
                ("Weather Agent", 1, 0, ""),
                ("Weather Agent", 2, 0, ""),
                ("Weather Agent", 3, 0, ""),
                ("Weather Agent", 3, 0, "今天是"),
                ("Weather Agent", 3, 0, "今天是晴天"),
                ("Weather Agent", 4, 1, "今天是晴天"),
                ("Weather Agent", 4, 1, "今天是晴天"),
            ],
            contents.Select(c => (
                c.GetProperty("current_agent").GetString(),
                c.GetProperty("events").GetArrayLength(),
                c.GetProperty("messages").GetArrayLength(),
                c.GetProperty("raw_response").GetString())));
        Assert.All(contents[..^1], c => Assert.False(c.GetProperty("is_finished").GetBoolean()));
        Assert.All(contents[..^1], c => Assert.False(c.TryGetProperty("type", out _)));
        Assert.Equal(contents[2].GetRawText(), contents[3].GetRawText());

        var end = contents[^1];
        Assert.Equal(
            [
                ("handoff", "Triage Agent", "Triage Agent -> Weather Agent", """{"source_agent":"Triage Agent","target_agent":"Weather Agent"}"""),
                ("tool_call", "Weather Agent", "weather", """{"tool_args":{"city":"北京"}}"""),
                ("tool_output", "Weather Agent", """{"temp":25}""", """{"tool_result":{"temp":25}}"""),
                ("message", "Weather Agent", "今天是晴天", "null"),
            ],
            end.GetProperty("events").EnumerateArray().Select(e => (
                e.GetProperty("type").GetString(), e.GetProperty("agent").GetString(), e.GetProperty("content").GetString(), e.GetProperty("metadata").GetRawText())));
        Assert.All(end.GetProperty("events").EnumerateArray(), e => Assert.Matches("^[0-9a-f]{32}$", e.GetProperty("id").GetString()));
        Assert.All(end.GetProperty("events").EnumerateArray(), e => Assert.Equal(JsonValueKind.Null, e.GetProperty("timestamp").ValueKind));
        AssistantFrameTests.AssertJson("""[{"content":"今天是晴天","agent":"Weather Agent"}]""", end.GetProperty("messages"));
        AssistantFrameTests.AssertJson(
            """[{"id":"g1","name":"Relevance","input":"天气","reasoning":"fine","passed":true,"timestamp":"2025-07-13T12:33:41.123000"}]""", end.GetProperty("guardrails"));
        AssistantFrameTests.AssertJson("""{"user_id":"ada","user_name":"用户_ada"}""", end.GetProperty("context"));
        AssistantFrameTests.AssertJson(
            """[{"name":"Triage Agent","description":"Meets.","handoffs":["Weather Agent"],"tools":[],"input_guardrails":["Relevance"]},{"name":"Weather Agent","description":"Tells.","handoffs":[],"tools":["weather"],"input_guardrails":[]}]""",
            end.GetProperty("agents"));
    }

    [Fact]
    public void The_completion_ends_a_turn_for_every_client_there_is()
    {
        Open();
        Text("m", "好");
        var content = Assert.Single(Say(new RunFinished { Seq = 0, ThreadId = "t" })).GetProperty("content");

        // the test page and the newest user interface
        Assert.Equal("completion", content.GetProperty("type").GetString());
        Assert.Equal("对话完成", content.GetProperty("message").GetString());
        var final = content.GetProperty("final_response");

        // the samples of the document, and the first user interface
        Assert.Equal("好", content.GetProperty("raw_response").GetString());
        Assert.Equal(1, content.GetProperty("messages").GetArrayLength());

        // the second user interface, which reads one or the other
        Assert.True(content.GetProperty("is_finished").GetBoolean());
        Assert.True(final.GetProperty("is_finished").GetBoolean());
        string[] fields = ["conversation_id", "current_agent", "messages", "events", "context", "agents", "raw_response", "guardrails", "is_finished"];
        Assert.Equal(fields, final.EnumerateObject().Select(p => p.Name));
        Assert.Equal([.. fields, "type", "final_response", "message"], content.EnumerateObject().Select(p => p.Name));
        Assert.All(fields, f => Assert.Equal(final.GetProperty(f).GetRawText(), content.GetProperty(f).GetRawText()));
    }

    [Fact]
    public void A_conversation_keeps_its_id_and_another_has_another()
    {
        Open();
        var id = ConversationId();
        Assert.Matches("^[0-9a-f]{32}$", id);
        Open();
        Assert.Equal(id, ConversationId());
        Open(room: "kitchen");
        Assert.NotEqual(id, ConversationId());
        Open("""{"type":"chat","content":"hi","metadata":{"conversation_id":"mine"}}""");
        Assert.Equal("mine", ConversationId());
    }

    [Fact]
    public void A_chat_belongs_to_the_first_of_its_rooms_that_the_connection_is_in()
    {
        Assert.Equal(("user_ada_room", "~room/user_ada_room"), Placed(["kitchen", "attic"], joined: []));
        Assert.Equal(("attic", "~room/attic"), Placed(["kitchen", "attic"], joined: ["attic"]));
        Assert.Equal(("kitchen", "~room/kitchen"), Placed(["kitchen", "attic"], joined: ["attic", "kitchen"]));
        Assert.Equal(("user_ada_room", "~room/user_ada_room"), Placed(["user_ada_room", "attic"], joined: ["attic"]));
        Assert.Equal(("user_ada_room", "~room/user_ada_room"), Placed(["user_bob_room"], joined: []));
    }

    [Fact]
    public void A_conversation_of_ones_own_is_in_no_room_and_a_known_id_is_the_rooms_own()
    {
        Assert.Equal((null, "~assistant/ada/mine"), Placed(["attic"], joined: ["attic"], "mine"));
        Assert.Equal(("attic", "~room/attic"), Placed(["attic"], joined: ["attic"], AssistantNames.Conversation("~room/attic")));
        Assert.Equal(("user_ada_room", "~room/user_ada_room"), Placed(["attic"], joined: ["attic"], AssistantNames.Conversation("~room/user_ada_room")));
    }

    [Fact]
    public void Who_only_watches_sees_the_room_and_not_themselves()
    {
        _session.Open(request: null, ThreadIds.OfRoom("kitchen"), "kitchen");
        var frame = AssistantFrameTests.Only(Text("m", "好")[..1], "ai_response", "system", "kitchen");
        Assert.Equal(AssistantNames.Conversation("~room/kitchen"), frame.GetProperty("content").GetProperty("conversation_id").GetString());
        AssistantFrameTests.AssertJson("{}", frame.GetProperty("content").GetProperty("context"));
    }

    [Fact]
    public void Two_runs_of_a_room_do_not_mix()
    {
        Open();
        Text("m", "one");
        var first = _session.RunId;
        Open();
        Text("m", "two");
        var end = Assert.Single(_session.Encode(new RunOutput(first, 1, new RunFinished { Seq = 9, ThreadId = "t" })));
        Assert.Equal("one", end.GetProperty("content").GetProperty("raw_response").GetString());
    }

    [Fact]
    public void A_failure_is_the_end_with_nothing_after_it()
    {
        Open();
        Text("m", "half");
        var content = AssistantFrameTests.Only(
            Say(new RunError { Seq = 0, Code = RunErrorCodes.ModelError, Message = "The model could not answer." }), "ai_error", "system", "user_ada_room").GetProperty("content");
        AssistantFrameTests.AssertJson("""{"error":"流式处理失败","details":"The model could not answer."}""", content);
        Assert.Empty(Say(new RunFinished { Seq = 0, ThreadId = "t" }));
    }

    [Fact]
    public void So_is_a_cancel()
    {
        Open();
        var frame = Assert.Single(Say(new RunError { Seq = 0, Code = RunErrorCodes.Cancelled, Message = "The run was cancelled." }));
        Assert.Equal("The run was cancelled.", frame.GetProperty("content").GetProperty("details").GetString());
    }

    [Fact]
    public void A_run_that_is_lost_fails_when_it_was_shown_and_is_refused_when_it_was_not()
    {
        Open();
        Assert.Equal("error", Type(_session.Encode(new Fault(FaultCodes.Unavailable, "Not stored.", RunId: _session.RunId))));
        Open();
        Text("m", "half");
        Assert.Equal("ai_error", Type(_session.Encode(new Fault(FaultCodes.Unavailable, "Lost.", RunId: _session.RunId))));
        Assert.Empty(Text("m", "more"));
    }

    [Fact]
    public void A_new_attempt_takes_back_what_it_does_not_keep()
    {
        Open();
        Say(HandOff("Triage Agent", "Weather Agent"));
        Text("m1", "wrong");
        var content = Assert.Single(Attempt(2, new RunStarted { Seq = 1, ThreadId = "t", KeepMessages = 0 })).GetProperty("content");
        Assert.Equal("", content.GetProperty("raw_response").GetString());
        Assert.Equal("Triage Agent", content.GetProperty("current_agent").GetString());
        Assert.Empty(Events(content));
        Assert.Equal(0, content.GetProperty("messages").GetArrayLength());

        Attempt(2, new TextMessageContent { Seq = 2, MessageId = "m1", Delta = "right" });
        Assert.Equal("right", Assert.Single(Attempt(2, new RunFinished { Seq = 3, ThreadId = "t" })).GetProperty("content").GetProperty("raw_response").GetString());
    }

    [Fact]
    public void What_a_new_attempt_keeps_stands()
    {
        Open();
        Say(new StepStarted { Seq = 0, StepName = "Weather Agent" });
        Text("m1", "Let me see.");
        Say(new ToolCallStart { Seq = 0, ToolCallId = "c", ToolCallName = "weather", ParentMessageId = "m1" });
        Say(new ToolCallEnd { Seq = 0, ToolCallId = "c" });
        Say(new ToolCallResult { Seq = 0, MessageId = "r", ToolCallId = "c", Content = "sunny", Role = "tool" });
        Text("m2", "It ra");

        var kept = Assert.Single(Attempt(2, new RunStarted { Seq = 1, ThreadId = "t", KeepMessages = 2 })).GetProperty("content");
        Assert.Equal("Let me see.", kept.GetProperty("raw_response").GetString());
        Assert.Equal(["message", "tool_call", "tool_output"], Events(kept));

        Attempt(2, new TextMessageContent { Seq = 2, MessageId = "m2", Delta = "It is sunny." });
        Attempt(2, new TextMessageEnd { Seq = 3, MessageId = "m2" });
        var end = Assert.Single(Attempt(2, new RunFinished { Seq = 4, ThreadId = "t" })).GetProperty("content");
        Assert.Equal("Let me see.\n\nIt is sunny.", end.GetProperty("raw_response").GetString());
        Assert.Equal(["message", "tool_call", "tool_output", "message"], Events(end));
    }

    [Theory]
    [InlineData("579", "579")]
    [InlineData("sunny", "\"sunny\"")]
    [InlineData("", "\"\"")]
    [InlineData("[1e999,\"\\ud800\"]", "[1e999,\"\\ud800\"]")]
    public void A_tools_result_is_json_when_it_can_be(string content, string shown)
    {
        Open();
        var frame = Assert.Single(Say(new ToolCallResult { Seq = 0, MessageId = "r", ToolCallId = "c", Content = content, Role = "tool" }));
        Assert.Equal(shown, Event(frame).GetProperty("metadata").GetProperty("tool_result").GetRawText());
    }

    [Fact]
    public void A_result_that_is_no_text_does_no_harm()
    {
        Open();
        var frame = Assert.Single(Say(new ToolCallResult { Seq = 0, MessageId = "r", ToolCallId = "c", Content = "\ud800", Role = "tool" }));
        Assert.Equal("\ufffd", Event(frame).GetProperty("content").GetString());
        Assert.Equal("\ufffd", Event(frame).GetProperty("metadata").GetProperty("tool_result").GetString());
    }

    [Fact]
    public void A_result_that_nests_too_deep_is_text()
    {
        Open();
        var deep = new string('[', 5000) + new string(']', 5000);
        var frame = Assert.Single(Say(new ToolCallResult { Seq = 0, MessageId = "r", ToolCallId = "c", Content = deep, Role = "tool" }));
        Assert.Equal(deep, Event(frame).GetProperty("metadata").GetProperty("tool_result").GetString());
    }

    [Theory]
    [InlineData("", "{}")]
    [InlineData("not json", "\"not json\"")]
    public void Arguments_are_json_when_they_can_be(string arguments, string shown)
    {
        Open();
        Say(new ToolCallStart { Seq = 0, ToolCallId = "c", ToolCallName = "display_seat_map" });
        Say(new ToolCallArgs { Seq = 0, ToolCallId = "c", Delta = arguments });
        var frame = Assert.Single(Say(new ToolCallEnd { Seq = 0, ToolCallId = "c" }));
        Assert.Equal(shown, Event(frame).GetProperty("metadata").GetProperty("tool_args").GetRawText());

        // this tool is one that the original user interface knows
        Assert.Equal("DISPLAY_SEAT_MAP", frame.GetProperty("content").GetProperty("messages")[0].GetProperty("content").GetString());
    }

    [Fact]
    public void A_character_in_two_halves_is_whole_and_a_half_alone_does_no_harm()
    {
        Open();
        Assert.Equal("a😀", Text("m", "a\ud83d", "\ude00")[1].GetProperty("content").GetProperty("raw_response").GetString());
        Assert.Equal("a😀\n\n\ufffdb\"\\\n", Text("n", "\ude00b\"\\\n")[0].GetProperty("content").GetProperty("raw_response").GetString());
    }

    [Fact]
    public void The_messages_of_a_run_that_ended_before_stand_in_for_it()
    {
        Open();
        var frame = Assert.Single(Say(new MessagesSnapshot
        {
            Seq = 0,
            Messages =
            [
                new InputMessage { Role = "assistant", Content = "Hello." },
                new InputMessage { Role = "user", Content = "天气" },
                new InputMessage { Role = "assistant", Content = "" },
                new InputMessage { Role = "tool", Content = "sunny" },
                new InputMessage { Role = "assistant", Content = "晴" },
            ],
        }));
        Assert.Equal("晴", frame.GetProperty("content").GetProperty("raw_response").GetString());
        Assert.Equal(1, frame.GetProperty("content").GetProperty("messages").GetArrayLength());
    }

    [Fact]
    public void A_client_that_is_behind_gets_the_newest_snapshot_and_the_completion()
    {
        var session = AssistantDialects.Create().NewSession(new SessionStart("g.1", "ada", new Dictionary<string, string>(), new SystemIdGenerator(TimeProvider.System)));
        using var output = new OutboundFrames();
        var run = Guid.CreateVersion7();
        session.Encode(new RunOpened(run, "t", null, null), default, output);
        for (var i = 1; i <= 10; i++)
        {
            session.Encode(new RunOutput(run, 1, new TextMessageContent { Seq = i, MessageId = "m", Delta = "x" }), default, output);
        }

        Assert.Equal(1, output.Count);
        session.Encode(new RunOutput(run, 1, new RunFinished { Seq = 11, ThreadId = "t" }), default, output);
        Assert.Equal(2, output.Count);
        Assert.Equal("xxxxxxxxxx", JsonElement.Parse(output[0].Span).GetProperty("content").GetProperty("raw_response").GetString());
    }

    [Theory]
    [InlineData(60_000, 2)]
    [InlineData(70_000, 1)]
    public void The_completion_of_a_very_long_answer_stands_for_the_snapshot_that_still_waits(int length, int frames)
    {
        var session = AssistantDialects.Create().NewSession(new SessionStart("g.1", "ada", new Dictionary<string, string>(), new SystemIdGenerator(TimeProvider.System)));
        using var output = new OutboundFrames();
        var run = Guid.CreateVersion7();
        session.Encode(new RunOpened(run, "t", null, null), default, output);
        session.Encode(new RunOutput(run, 1, new TextMessageContent { Seq = 1, MessageId = "m", Delta = new string('x', length) }), default, output);
        session.Encode(new RunOutput(run, 1, new RunFinished { Seq = 2, ThreadId = "t" }), default, output);
        Assert.Equal(frames, output.Count);
        Assert.Equal("completion", JsonElement.Parse(output[frames - 1].Span).GetProperty("content").GetProperty("type").GetString());
    }

    private void Open(string chat = """{"type":"chat","content":"hi"}""", string? room = null)
    {
        var placed = AssistantNames.Place(Assert.IsType<AssistantChat>(_session.Parse(chat)) with { Rooms = room is null ? [] : [room] }, "ada", _ => true);
        Assert.Empty(_session.Open(placed));
    }

    private IReadOnlyList<JsonElement> Say(RunEvent runEvent) => _session.Say(runEvent);

    private IReadOnlyList<JsonElement> Attempt(int attempt, RunEvent runEvent) => _session.Encode(new RunOutput(_session.RunId, attempt, runEvent));

    private List<JsonElement> Text(string messageId, params string[] deltas) =>
    [
        .. Say(new TextMessageStart { Seq = 0, MessageId = messageId, Role = "assistant" }),
        .. deltas.SelectMany(d => Say(new TextMessageContent { Seq = 0, MessageId = messageId, Delta = d })),
        .. Say(new TextMessageEnd { Seq = 0, MessageId = messageId }),
    ];

    private string? ConversationId() => Text("m", "x")[0].GetProperty("content").GetProperty("conversation_id").GetString();

    private static Custom HandOff(string from, string to) =>
        new() { Seq = 0, Name = CustomEvents.HandOff, Value = JsonElement.Parse($$"""{"from":"{{from}}","to":"{{to}}"}""") };

    private static (string? RoomId, string? ThreadId) Placed(string[] rooms, string[] joined, string? conversation = null)
    {
        var placed = AssistantNames.Place(new AssistantChat { Messages = [], Rooms = rooms, ConversationId = conversation }, "ada", joined.Contains);
        return (placed.RoomId, placed.ThreadId);
    }

    private static string? Type(IReadOnlyList<JsonElement> frames) => Assert.Single(frames).GetProperty("type").GetString();

    private static JsonElement Event(JsonElement frame) => frame.GetProperty("content").GetProperty("events").EnumerateArray().Last();

    private static IEnumerable<string?> Events(JsonElement content) => content.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("type").GetString());
}
