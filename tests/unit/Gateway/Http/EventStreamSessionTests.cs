using System.Text;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Events;
using StreamChat.Gateway;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Session;
using StreamChat.Gateway.Http.EventStreams;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Identity;

namespace StreamChat.UnitTests.Gateway.Http;

/// <summary>What a client of the event stream reads, and what it gives back to go on.</summary>
public sealed class EventStreamSessionTests
{
    private static readonly Guid Run = Guid.Parse("0192f0c1-7b1e-7c3a-9a55-0123456789ab");

    [Fact]
    public void Every_event_says_where_to_come_back_to()
    {
        var stream = Open(null);
        Assert.Equal($"id: {Run}:1:0\n\n", Encode(stream, new Accepted(Run, "t", null)));
        Assert.Equal("", Encode(stream, Output(1, new RunStarted { Seq = 1, ThreadId = "t" })));
        Assert.Equal("", Encode(stream, Output(1, new TextMessageStart { Seq = 2, MessageId = "m", Role = "assistant" })));
        Assert.Equal($"id: {Run}:1:3\ndata: {{\"type\":\"content\",\"content\":\"a\\nb\"}}\n\n", Encode(stream, Output(1, Delta(3, "a\nb"))));
        Assert.Equal($"id: {Run}:1:9\ndata: {{\"type\":\"content\",\"content\":\"你\"}}\n\n", Encode(stream, Output(1, Delta(9, "你") with { FromSeq = 4 })));
        Assert.Equal(":\n\n", Encode(stream, new HeartbeatDue()));
        Assert.Equal($"id: {Run}:1:10:end\ndata: {{\"type\":\"done\"}}\n\n", Encode(stream, Output(1, new RunFinished { Seq = 10, ThreadId = "t" })));
    }

    [Fact]
    public void Of_several_events_for_one_only_the_last_says_it()
    {
        var stream = Open(null, verbose: true);
        Assert.Equal(
            $"data: {{\"type\":\"status\",\"message\":\"Calling weather\"}}\n\nid: {Run}:1:1\ndata: {{\"type\":\"metadata\",\"tool_used\":\"weather\"}}\n\n",
            Encode(stream, Output(1, new ToolCallStart { Seq = 1, ToolCallId = "c", ToolCallName = "weather" })));
    }

    [Fact]
    public void A_failed_run_is_the_end_and_so_is_a_refused_question()
    {
        Assert.Equal(
            $"id: {Run}:1:1:end\ndata: {{\"type\":\"error\",\"message\":\"no\"}}\n\n",
            Encode(Open(null), Output(1, new RunError { Seq = 1, Code = RunErrorCodes.ModelError, Message = "no" })));
        Assert.Equal(
            $"id: {Guid.Empty}:0:0:end\ndata: {{\"type\":\"error\",\"message\":\"busy\"}}\n\n",
            Encode(Open(null), new Fault(FaultCodes.Busy, "busy", Retryable: true)));
    }

    [Fact]
    public void Going_on_goes_on_and_may_be_tried_again()
    {
        var stream = Open(new EventStreamPosition(Run, 1, 3));
        Assert.Equal("", Encode(stream, new Accepted(Run, "t", null)));
        Assert.Equal($"id: {Run}:1:4\ndata: {{\"type\":\"content\",\"content\":\"b\"}}\n\n", Encode(stream, Output(1, Delta(4, "b"))));
        Assert.Equal("data: {\"type\":\"error\",\"message\":\"later\"}\n\n", Encode(stream, new Fault(FaultCodes.Unavailable, "later", Retryable: true)));
        Assert.Contains(":end\n", Encode(stream, new Fault(FaultCodes.NotFound, "no such run")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_attempt_replaces_what_an_earlier_stream_showed()
    {
        var stream = Open(new EventStreamPosition(Run, 1, 3));
        Encode(stream, Output(1, Delta(4, "a")));
        Assert.Equal($"id: {Run}:2:1\ndata: {{\"type\":\"clear\"}}\n\n", Encode(stream, Output(2, new RunStarted { Seq = 1, ThreadId = "t", KeepMessages = 0 })));
        Encode(stream, Output(2, new TextMessageStart { Seq = 2, MessageId = "m", Role = "assistant" }));
        Assert.Equal($"id: {Run}:2:3\ndata: {{\"type\":\"content\",\"content\":\"a\"}}\n\n", Encode(stream, Output(2, Delta(3, "a"))));

        // a third one can be compared with the second, all of which came here
        Encode(stream, Output(3, new RunStarted { Seq = 1, ThreadId = "t", KeepMessages = 0 }));
        Encode(stream, Output(3, new TextMessageStart { Seq = 2, MessageId = "m", Role = "assistant" }));
        Assert.Equal($"id: {Run}:3:3\ndata: {{\"type\":\"content\",\"content\":\"b\"}}\n\n", Encode(stream, Output(3, Delta(3, "ab"))));
    }

    [Fact]
    public void Where_nothing_was_shown_nothing_is_cleared() =>
        Assert.Equal("", Encode(Open(new EventStreamPosition(Run, 1, 0)), Output(2, new RunStarted { Seq = 1, ThreadId = "t", KeepMessages = 0 })));

    [Theory]
    [InlineData(1, 0, false)]
    [InlineData(2, 17, false)]
    [InlineData(1, 123456789012, true)]
    public void A_position_is_read_as_it_is_written(int attempt, long seq, bool ended)
    {
        var position = new EventStreamPosition(Run, attempt, seq, ended);
        Assert.Equal(position, EventStreamPosition.Parse(position.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("::")]
    [InlineData("0192f0c1-7b1e-7c3a-9a55-0123456789ab:1")]
    [InlineData("0192f0c1-7b1e-7c3a-9a55-0123456789ab:1:-1")]
    [InlineData("0192f0c1-7b1e-7c3a-9a55-0123456789ab:0:1")]
    [InlineData("0192f0c1-7b1e-7c3a-9a55-0123456789ab:99999999999:1")]
    [InlineData("0192f0c1-7b1e-7c3a-9a55-0123456789ab:1:1:over")]
    [InlineData("0192f0c1-7b1e-7c3a-9a55-0123456789ab:1:1:end:end")]
    public void What_is_no_position_is_none(string? text) => Assert.Null(EventStreamPosition.Parse(text));

    private static EventStreamSession Open(EventStreamPosition? cutOff, bool verbose = false)
    {
        var start = new SessionStart("g.1", "ada", new Dictionary<string, string>(), new SystemIdGenerator(TimeProvider.System));
        var dialect = new SessionDialect(Options.Create(new LimitsOptions()));
        var stream = new EventStreamSession(() => dialect.NewSession(start), cutOff);
        Encode(stream, new RunOpened(Run, "t", null, new SessionQuery { Messages = [], Verbose = verbose }));
        return stream;
    }

    private static RunOutput Output(int attempt, RunEvent runEvent) => new(Run, attempt, runEvent);

    private static TextMessageContent Delta(long seq, string text) => new() { Seq = seq, MessageId = "m", Delta = text };

    private static string Encode(EventStreamSession stream, ServerEvent serverEvent)
    {
        using var output = new OutboundFrames();
        stream.Encode(serverEvent, DateTimeOffset.UnixEpoch, output);
        return string.Concat(Enumerable.Range(0, output.Count).Select(i => Encoding.UTF8.GetString(output[i].Span)));
    }
}
