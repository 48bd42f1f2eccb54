using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Rooms;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Native;
using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Gateway.Dialects;

public sealed class NativeDialectTests
{
    private const string Run = "0192f0c1-7b1e-7c3a-9a55-0123456789ab";

    private readonly NativeDialect _dialect = new(Options.Create(new LimitsOptions { MessageCharacters = 20 }), new MessageExtensions([]));

    [Fact]
    public void A_run_is_read_whole()
    {
        var run = Assert.IsType<RunRequest>(Parse(
            $$$"""{"type":"run","runId":"{{{Run}}}","threadId":"t-1","messages":[{"id":"m1","role":"user","content":"你好"}],"tools":[{"name":"n","description":"d","parameters":{}}],"context":[],"state":{"a":1},"forwardedProps":{"b":2},"unknown":true}"""));
        Assert.Equal(Guid.Parse(Run), run.RunId);
        Assert.Equal("t-1", run.ThreadId);
        var message = Assert.Single(run.Messages);
        Assert.Equal(("m1", "user", "你好"), (message.Id, message.Role, message.Content));
        Assert.Equal("n", Assert.Single(run.Tools!).Name);
        Assert.Equal("""{"a":1}""", run.State?.GetRawText());
    }

    [Fact]
    public void Pictures_are_read_and_stand_for_a_text()
    {
        var run = Assert.IsType<RunRequest>(Parse(
            """{"type":"run","messages":[{"role":"user","content":"","images":[{"mediaType":"image/png","data":"AQID"},{"mediaType":"image/jpeg","url":"https://example.org/a.jpg"}]}]}"""));

        Assert.Equal(
            [new InputImage { MediaType = "image/png", Data = "AQID" }, new InputImage { MediaType = "image/jpeg", Url = "https://example.org/a.jpg" }],
            run.Messages[0].Images!);
        Assert.Null(Assert.IsType<RunRequest>(Parse("""{"type":"run","messages":[{"role":"user","content":"hi","images":[]}]}""")).Messages[0].Images);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("[7]")]
    [InlineData("[{}]")]
    [InlineData("""[{"mediaType":"image/png"}]""")]
    [InlineData("""[{"mediaType":"image/png","data":""}]""")]
    [InlineData("""[{"mediaType":"image/png","data":"no base64!"}]""")]
    [InlineData("""[{"mediaType":"image/png","data":"AQID","url":"https://example.org/a.png"}]""")]
    [InlineData("""[{"mediaType":"text/html","data":"AQID"}]""")]
    [InlineData("""[{"mediaType":"image/","data":"AQID"}]""")]
    [InlineData("""[{"mediaType":"image/png;base64,x","data":"AQID"}]""")]
    [InlineData("""[{"mediaType":"image/png","url":"file:///etc/passwd"}]""")]
    [InlineData("""[{"mediaType":"image/png","url":"https://user:secret@example.org/a.png"}]""")]
    [InlineData("""[{"mediaType":"image/png","url":"a.png"}]""")]
    [InlineData("[1,2,3,4,5,6,7,8,9]")]
    public void Pictures_that_are_not_as_they_should_be_are_refused(string images)
    {
        var fault = Assert.IsType<InvalidFrame>(Parse($$$"""{"type":"run","runId":"{{{Run}}}","messages":[{"role":"user","content":"hi","images":{{{images}}}}]}""")).Fault;

        Assert.Equal((FaultCodes.InvalidFrame, Guid.Parse(Run)), (fault.Code, fault.RunId));
    }

    [Fact]
    public void Only_users_have_pictures() => Assert.IsType<InvalidFrame>(Parse(
        """{"type":"run","messages":[{"role":"assistant","content":"a","images":[{"mediaType":"image/png","data":"AQID"}]},{"role":"user","content":"hi"}]}"""));

    [Fact]
    public void Ids_may_be_left_out()
    {
        var run = Assert.IsType<RunRequest>(Parse("""{"type":"run","messages":[{"role":"user","content":"hi"}]}"""));
        Assert.Null(run.RunId);
        Assert.Null(run.ThreadId);
    }

    [Fact]
    public void What_a_run_chooses_is_read_and_may_be_left_out()
    {
        var run = Assert.IsType<RunRequest>(Parse(
            """{"type":"run","agent":"Weather Agent","model":"big","personality":"friendly","whenBusy":"interrupt","useTools":false,"messages":[{"role":"user","content":"hi"}]}"""));
        Assert.Equal(("Weather Agent", "big", "friendly", ThreadPolicy.Interrupt, false), (run.Agent, run.Model, run.Personality, run.WhenBusy, run.UseTools));

        var plain = Assert.IsType<RunRequest>(Parse("""{"type":"run","agent":null,"whenBusy":null,"messages":[{"role":"user","content":"hi"}]}"""));
        Assert.Equal(((string?)null, (string?)null, (string?)null, (ThreadPolicy?)null, true), (plain.Agent, plain.Model, plain.Personality, plain.WhenBusy, plain.UseTools));
    }

    [Theory]
    [InlineData("\"agent\":5")]
    [InlineData("\"agent\":\"\"")]
    [InlineData("\"model\":\"two\\nlines\"")]
    [InlineData("\"personality\":[]")]
    [InlineData("\"whenBusy\":\"wait\"")]
    [InlineData("\"useTools\":\"no\"")]
    [InlineData("\"tools\":[{\"description\":\"no name\"}]")]
    [InlineData("\"tools\":[{\"name\":\"a b\"}]")]
    [InlineData("\"tools\":[{\"name\":\"\"}]")]
    [InlineData("\"tools\":[{\"name\":\"ok\\n\"}]")]
    [InlineData("\"tools\":[{\"name\":\"transfer_to_weather\"}]")]
    [InlineData("\"tools\":[{\"name\":\"twice\"},{\"name\":\"twice\"}]")]
    [InlineData("\"tools\":[{\"name\":\"a\",\"parameters\":\"none\"}]")]
    public void What_a_run_cannot_choose_is_refused_with_its_id(string field)
    {
        var frame = Assert.IsType<InvalidFrame>(Parse($$$"""{"type":"run","runId":"{{{Run}}}",{{{field}}},"messages":[{"role":"user","content":"hi"}]}"""));
        Assert.Equal((FaultCodes.InvalidFrame, Guid.Parse(Run)), (frame.Fault.Code, frame.Fault.RunId));
    }

    [Fact]
    public void The_clients_tools_are_bounded()
    {
        Assert.IsType<RunRequest>(Parse(WithTools(Enumerable.Range(0, 64).Select(i => $$"""{"name":"t{{i}}"}"""))));
        Assert.IsType<InvalidFrame>(Parse(WithTools(Enumerable.Range(0, 65).Select(i => $$"""{"name":"t{{i}}"}"""))));
        Assert.IsType<InvalidFrame>(Parse(WithTools([$$"""{"name":"{{new string('n', 65)}}"}"""])));
        Assert.IsType<InvalidFrame>(Parse(WithTools([$$"""{"name":"t","description":"{{new string('d', 4097)}}"}"""])));
        Assert.IsType<InvalidFrame>(Parse(WithTools([$$$"""{"name":"t","parameters":{"a":"{{{new string('p', 16 * 1024)}}}"}}"""])));

        static string WithTools(IEnumerable<string> tools) =>
            $$$"""{"type":"run","tools":[{{{string.Join(',', tools)}}}],"messages":[{"role":"user","content":"hi"}]}""";
    }

    [Fact]
    public void Of_very_many_messages_the_newest_count()
    {
        var messages = string.Join(",", Enumerable.Range(1, 1001).Select(i => $$"""{"role":"user","content":"{{i % 10}}"}"""));
        var dialect = new NativeDialect(Options.Create(new LimitsOptions()), new MessageExtensions([]));
        var run = Assert.IsType<RunRequest>(dialect.Parse(Encoding.UTF8.GetBytes($$"""{"type":"run","messages":[{"role":"nobody"},{{messages}}]}""")));

        Assert.Equal((1000, "2", "1"), (run.Messages.Count, run.Messages[0].Content, run.Messages[^1].Content));
    }

    [Fact]
    public void What_a_clients_tool_returned_is_read()
    {
        Assert.Equal(
            new ToolResultRequest(Guid.Parse(Run), "c1", "18 °C", false), Parse($$"""{"type":"tool_result","runId":"{{Run}}","toolCallId":"c1","content":"18 °C"}"""));
        Assert.Equal(
            new ToolResultRequest(Guid.Parse(Run), "c1", "", true), Parse($$"""{"type":"tool_result","runId":"{{Run}}","toolCallId":"c1","content":"","isError":true}"""));
    }

    [Theory]
    [InlineData("\"toolCallId\":\"c1\",\"content\":\"x\"", FaultCodes.InvalidFrame)]
    [InlineData("\"runId\":\"$\",\"content\":\"x\"", FaultCodes.InvalidFrame)]
    [InlineData("\"runId\":\"$\",\"toolCallId\":\"\",\"content\":\"x\"", FaultCodes.InvalidFrame)]
    [InlineData("\"runId\":\"$\",\"toolCallId\":\"c1\"", FaultCodes.InvalidFrame)]
    [InlineData("\"runId\":\"$\",\"toolCallId\":\"c1\",\"content\":{}", FaultCodes.InvalidFrame)]
    [InlineData("\"runId\":\"$\",\"toolCallId\":\"c1\",\"content\":\"x\",\"isError\":1", FaultCodes.InvalidFrame)]
    [InlineData("\"runId\":\"$\",\"toolCallId\":\"c1\",\"content\":\"123456789012345678901\"", FaultCodes.TooLarge)]
    public void A_bad_answer_of_a_clients_tool_is_refused(string fields, string code) =>
        Assert.Equal(code, CodeOf($$"""{"type":"tool_result",{{fields.Replace("$", Run, StringComparison.Ordinal)}}}"""));

    [Fact]
    public void Cancel_and_ping_are_read()
    {
        Assert.Equal(new CancelRequest(Guid.Parse(Run)), Parse($$"""{"type":"cancel","runId":"{{Run}}"}"""));
        Assert.Equal(new CancelRequest(Guid.Parse(Run), "~room/hall"), Parse($$"""{"type":"cancel","runId":"{{Run}}","threadId":"~room/hall"}"""));
        Assert.Equal(new PingRequest("7"), Parse("""{"type":"ping","id":"7"}"""));
        Assert.Equal(new PingRequest(null), Parse("""{"type":"ping"}"""));
    }

    [Fact]
    public void Attach_join_and_leave_are_read()
    {
        Assert.Equal(new AttachRequest(Guid.Parse(Run), null, 1, 0), Parse($$"""{"type":"attach","runId":"{{Run}}"}"""));
        Assert.Equal(
            new AttachRequest(Guid.Parse(Run), "~room/hall", 2, 41),
            Parse($$"""{"type":"attach","runId":"{{Run}}","threadId":"~room/hall","attempt":2,"afterSeq":41}"""));
        Assert.Equal(new JoinRequest("t-1"), Parse("""{"type":"join","threadId":"t-1"}"""));
        Assert.Equal(new LeaveRequest("~room/hall"), Parse("""{"type":"leave","threadId":"~room/hall"}"""));
    }

    [Fact]
    public void A_rooms_thread_names_its_room_and_other_made_names_are_not_for_clients()
    {
        var run = Assert.IsType<RunRequest>(Parse("""{"type":"run","threadId":"~room/hall","messages":[{"role":"user","content":"hi"}]}"""));
        Assert.Equal(("~room/hall", "hall"), (run.ThreadId, run.RoomId));
        Assert.Equal(FaultCodes.InvalidFrame, CodeOf("""{"type":"join","threadId":"~session/ada/s"}"""));
        Assert.Equal(FaultCodes.InvalidFrame, CodeOf("""{"type":"join","threadId":"~room/"}"""));
        Assert.Equal(Guid.Parse(Run), Assert.Single(Assert.IsType<JoinRequest>(Parse($$"""{"type":"join","threadId":"t-1","except":["{{Run}}"]}""")).Except!));
        Assert.Equal(FaultCodes.InvalidFrame, CodeOf("""{"type":"join","threadId":"t-1","except":"all"}"""));
        Assert.Equal(FaultCodes.InvalidFrame, CodeOf("""{"type":"join","threadId":"t-1","except":["x"]}"""));
        Assert.Equal(FaultCodes.InvalidFrame, CodeOf($$"""{"type":"join","threadId":"t-1","except":[{{string.Join(',', Enumerable.Repeat($"\"{Run}\"", 65))}}]}"""));
        Assert.Equal(FaultCodes.InvalidFrame, CodeOf("""{"type":"leave"}"""));
        Assert.Equal(FaultCodes.InvalidFrame, CodeOf("""{"type":"attach"}"""));
        Assert.Equal(FaultCodes.InvalidFrame, CodeOf($$"""{"type":"attach","runId":"{{Run}}","afterSeq":-1}"""));
        Assert.Equal(FaultCodes.InvalidFrame, CodeOf($$"""{"type":"attach","runId":"{{Run}}","attempt":0}"""));
    }

    [Theory]
    [InlineData("", FaultCodes.InvalidJson)]
    [InlineData("hello", FaultCodes.InvalidJson)]
    [InlineData("{", FaultCodes.InvalidJson)]
    [InlineData("{} {}", FaultCodes.InvalidJson)]
    [InlineData("[]", FaultCodes.InvalidFrame)]
    [InlineData("5", FaultCodes.InvalidFrame)]
    [InlineData("null", FaultCodes.InvalidFrame)]
    [InlineData("{}", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":7}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":null}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"dance"}""", FaultCodes.UnknownType)]
    [InlineData("""{"type":"cancel"}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"cancel","runId":"nonsense"}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run"}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run","messages":"hi"}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run","messages":[]}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run","messages":["hi"]}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run","messages":[{"role":"user"}]}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run","messages":[{"role":"user","content":5}]}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run","messages":[{"role":"user","content":"  "}]}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run","messages":[{"role":"king","content":"hi"}]}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run","messages":[{"role":"assistant","content":"hi"}]}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run","threadId":"","messages":[{"role":"user","content":"hi"}]}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run","threadId":"a\u0000b","messages":[{"role":"user","content":"hi"}]}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run","runId":5,"messages":[{"role":"user","content":"hi"}]}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run","tools":{},"messages":[{"role":"user","content":"hi"}]}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run","messages":[{"role":"user","content":"\ud800"}]}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run","state":{"a":"\ud800"},"messages":[{"role":"user","content":"hi"}]}""", FaultCodes.InvalidFrame)]
    [InlineData("""{"type":"run","messages":[{"role":"user","content":"123456789012345678901"}]}""", FaultCodes.TooLarge)]
    public void A_bad_frame_gets_its_code(string frame, string code) => Assert.Equal(code, Assert.IsType<InvalidFrame>(Parse(frame)).Fault.Code);

    [Fact]
    public void Nesting_is_bounded()
    {
        var deep = $$"""{"type":"run","state":{{new string('[', 5000)}}{{new string(']', 5000)}}}""";
        Assert.Equal(FaultCodes.InvalidJson, Assert.IsType<InvalidFrame>(Parse(deep)).Fault.Code);
    }

    [Fact]
    public void Length_counts_characters_and_not_code_units() =>
        Assert.IsType<RunRequest>(Parse($$"""{"type":"run","messages":[{"role":"user","content":"{{string.Concat(Enumerable.Repeat("😀", 20))}}"}]}"""));

    [Fact]
    public void An_error_names_the_run_it_is_about() =>
        Assert.Equal(
            Guid.Parse(Run),
            Assert.IsType<InvalidFrame>(Parse($$"""{"type":"run","runId":"{{Run}}","messages":[]}""")).Fault.RunId);

    public static TheoryData<string, string> Frames => new()
    {
        { nameof(Welcome), """{"type":"welcome","connectionId":"g.1","userId":"ada","heartbeatSeconds":30}""" },
        { nameof(Accepted), $$"""{"type":"accepted","runId":"{{Run}}","threadId":"t","traceId":"abc"}""" },
        { nameof(Authenticated), """{"type":"authenticated","expiresAt":1767225600000}""" },
        { "Authenticated for ever", """{"type":"authenticated"}""" },
        { nameof(Pong), """{"type":"pong","id":"7","timestamp":1000}""" },
        { nameof(Fault), $$"""{"type":"error","code":"busy","message":"Später 😀","retryable":true,"runId":"{{Run}}"}""" },
        { "join refused", """{"type":"error","code":"not_found","message":"m","retryable":false,"threadId":"t"}""" },
        { nameof(ThreadJoined), """{"type":"joined","threadId":"t"}""" },
        { nameof(ThreadLeft), """{"type":"left","threadId":"t"}""" },
        { "status degraded", """{"type":"status","state":"degraded","reason":"broker_blocked"}""" },
        { "status ok", """{"type":"status","state":"ok"}""" },
        { nameof(Presence), """{"type":"presence","threadId":"~room/hall","members":[{"userId":"ada","connections":2}],"total":7}""" },
        { nameof(Announcement), $$"""{"type":"broadcast","messageId":"{{Run}}","kind":"notification","content":{"a":[1,null]},"threadId":"~room/hall"}""" },
        { "said to all", $$"""{"type":"broadcast","messageId":"{{Run}}","kind":"data","content":"hello"}""" },
        { nameof(Reconnect), """{"type":"reconnect","afterMs":250}""" },
        { nameof(TextMessageContent), $$"""{"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"你好","runId":"{{Run}}","seq":9,"fromSeq":4,"attempt":2}""" },
        { nameof(RunFinished), $$"""{"type":"RUN_FINISHED","threadId":"t","runId":"{{Run}}","seq":10}""" },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public void A_server_event_has_its_form(string name, string expected)
    {
        var run = Guid.Parse(Run);
        ServerEvent serverEvent = name switch
        {
            nameof(Welcome) => new Welcome("g.1", "ada", TimeSpan.FromSeconds(30)),
            nameof(Accepted) => new Accepted(run, "t", "abc"),
            nameof(Authenticated) => new Authenticated(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)),
            "Authenticated for ever" => new Authenticated(null),
            nameof(Pong) => new Pong("7"),
            nameof(Fault) => new Fault(FaultCodes.Busy, "Später 😀", Retryable: true, run),
            "join refused" => new Fault(FaultCodes.NotFound, "m") { Request = new JoinRequest("t") },
            nameof(ThreadJoined) => new ThreadJoined("t"),
            nameof(ThreadLeft) => new ThreadLeft("t"),
            "status degraded" => ServiceStatus.BrokerBlocked,
            "status ok" => ServiceStatus.Ok,
            nameof(Presence) => new Presence(new RoomMembers { RoomId = "hall", Users = [new RoomUser { UserId = "ada", Connections = 2 }], Total = 7 }),
            nameof(Announcement) => new Announcement(run, "notification", JsonElement.Parse("""{"a":[1,null]}"""), "hall"),
            "said to all" => new Announcement(run, "data", JsonElement.Parse("\"hello\""), null),
            nameof(Reconnect) => new Reconnect(TimeSpan.FromMilliseconds(250)),
            nameof(TextMessageContent) => new RunOutput(run, 2, new TextMessageContent { Seq = 9, FromSeq = 4, MessageId = "m", Delta = "你好" }),
            _ => new RunOutput(run, 1, new RunFinished { Seq = 10, ThreadId = "t" }),
        };
        var session = new SessionProbe(_dialect) { Now = DateTimeOffset.FromUnixTimeSeconds(1) };
        var frame = Assert.Single(session.Encode(serverEvent));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), frame), frame.GetRawText());
    }

    private string CodeOf(string frame) => Assert.IsType<InvalidFrame>(Parse(frame)).Fault.Code;

    private ClientFrame Parse(string frame) => _dialect.Parse(Encoding.UTF8.GetBytes(frame));
}
