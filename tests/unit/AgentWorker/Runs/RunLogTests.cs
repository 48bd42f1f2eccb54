using System.Text.Json;
using StreamChat.AgentWorker.Relay;
using StreamChat.AgentWorker.Runs;
using StreamChat.Contracts.Events;

namespace StreamChat.UnitTests.AgentWorker.Runs;

public sealed class RunLogTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void A_cursor_reads_events_in_order_each_once()
    {
        var log = Log();
        var lane = new Lane();
        Assert.True(log.Attach(lane, 0));
        log.Append(seq => new RunStarted { Seq = seq, ThreadId = "t" });
        log.AppendText("m", "one ");
        log.AppendText("m", "two ");

        Assert.Equal([(1L, null, null), (2L, null, "one "), (3L, null, "two ")], Read(log, lane));
        Assert.Empty(Read(log, lane));
        log.AppendText("m", "three");
        Assert.Equal([(4L, null, "three")], Read(log, lane));
    }

    [Fact]
    public void Deltas_are_merged_only_above_the_threshold()
    {
        var log = Log();
        var lane = new Lane();
        log.Attach(lane, 0);
        for (var i = 1; i <= 4; i++)
        {
            log.AppendText("m", $"{i} ");
        }

        Assert.Equal([(4L, 1L, "1 2 3 4 ")], Read(log, lane, mergeAbove: 3));
        log.AppendText("m", "5 ");
        log.AppendText("m", "6 ");
        log.AppendText("m", "7 ");
        Assert.Equal([(5L, null, "5 "), (6L, null, "6 "), (7L, null, "7 ")], Read(log, lane, mergeAbove: 3));
    }

    [Fact]
    public void Deltas_of_different_messages_are_never_merged()
    {
        var log = Log();
        var lane = new Lane();
        log.Attach(lane, 0);
        log.AppendText("a", "1");
        log.AppendText("a", "2");
        log.AppendText("b", "3");
        log.AppendText("b", "4");

        Assert.Equal([(2L, 1L, "12"), (4L, 3L, "34")], Read(log, lane, mergeAbove: 1));
    }

    [Theory]
    [InlineData(0, "abcdef")]
    [InlineData(2, "cdef")]
    [InlineData(5, "f")]
    [InlineData(6, "")]
    [InlineData(99, "")]
    public void Attaching_in_the_middle_replays_exactly_what_is_missing(long afterSeq, string expected)
    {
        var log = Log();
        foreach (var c in "abcdef")
        {
            log.AppendText("m", c.ToString());
        }

        var lane = new Lane();
        Assert.True(log.Attach(lane, afterSeq));
        Assert.Equal(expected, string.Concat(Read(log, lane, mergeAbove: 1).Select(e => e.Text)));
        log.AppendText("m", "!");
        Assert.Equal([(7L, null, "!")], Read(log, lane));
    }

    [Fact]
    public void A_read_stops_with_the_delta_that_reaches_its_size_and_says_that_there_is_more()
    {
        var log = Log();
        var lane = new Lane();
        log.Attach(lane, 0);
        for (var i = 0; i < 10; i++)
        {
            log.AppendText("m", "12345");
        }

        var (more, read) = log.Read(lane.Cursor, 12, mergeAbove: 1);
        List<RunEvent> events = [.. read];
        Assert.True(more);
        Assert.Equal("123451234512345", string.Concat(events.OfType<TextMessageContent>().Select(e => e.Delta)));
        while (more)
        {
            (more, read) = log.Read(lane.Cursor, 12, mergeAbove: 1);
            events.AddRange(read);
        }

        Assert.Equal(50, events.OfType<TextMessageContent>().Sum(e => e.Delta.Length));
        Assert.Equal(10, events[^1].Seq);
    }

    [Fact]
    public async Task The_writer_waits_for_the_slowest_reader_and_goes_on_when_it_has_read()
    {
        var log = Log(maxUnread: 10);
        var lane = new Lane();
        log.Attach(lane, 0);
        log.AppendText("m", "12345678901");

        var room = log.WaitForRoomAsync(Cancelled).AsTask();
        Assert.False(room.IsCompleted);
        Read(log, lane);
        await room.WaitAsync(TimeSpan.FromSeconds(5), Cancelled);
    }

    [Fact]
    public async Task The_writer_goes_on_when_the_slow_gateway_is_gone()
    {
        var log = Log(maxUnread: 10);
        var lane = new Lane();
        log.Attach(lane, 0);
        log.AppendText("m", "12345678901");

        var room = log.WaitForRoomAsync(Cancelled).AsTask();
        log.Detach(lane);
        await room.WaitAsync(TimeSpan.FromSeconds(5), Cancelled);
    }

    [Fact]
    public void What_everybody_has_read_is_let_go_of_at_the_limit()
    {
        var log = Log(maxChars: 100_000);
        var lane = new Lane();
        log.Attach(lane, 0);
        var read = 0;
        for (var i = 0; i < 1000; i++)
        {
            log.AppendText("m", new string('x', 1000));
            read += Read(log, lane).Sum(e => e.Text!.Length);
        }

        Assert.Equal(1_000_000, read);
        Assert.InRange(log.Size, 1, 100_000 + (64 * 1024) + 1000);
        Assert.False(log.Attach(new Lane(), 0));
        Assert.True(log.Attach(new Lane(), 999));
    }

    [Fact]
    public void What_an_event_carries_as_json_counts_too()
    {
        var log = Log(maxChars: 100_000);
        var json = JsonSerializer.SerializeToElement(new string('x', 10_000));
        log.Append(seq => new StateSnapshot { Seq = seq, Snapshot = json });
        log.Append(seq => new StateDelta { Seq = seq, Delta = json });
        log.Append(seq => new Custom { Seq = seq, Name = "n", Value = json });
        Assert.True(log.Size > 30_000);
    }

    [Fact]
    public void What_somebody_has_not_read_is_kept_above_the_limit()
    {
        var log = Log(maxChars: 10_000);
        var lane = new Lane();
        log.Attach(lane, 0);
        for (var i = 0; i < 1000; i++)
        {
            log.AppendText("m", new string('x', 1000));
        }

        var read = 0;
        List<(long Seq, long? From, string? Text)> events;
        while ((events = Read(log, lane)).Count > 0)
        {
            read += events.Sum(e => e.Text!.Length);
        }

        Assert.Equal(1_000_000, read);
    }

    [Fact]
    public async Task The_end_is_told_when_every_reader_has_been_sent_it()
    {
        var log = Log();
        var lane = new Lane();
        log.Attach(lane, 0);
        log.Append(seq => new RunFinished { Seq = seq, ThreadId = "t" }, last: true);
        var sent = log.WaitUntilSentAsync(Cancelled);

        Read(log, lane);
        Assert.False(sent.IsCompleted);
        log.Sent(lane.Cursor);
        await sent.WaitAsync(TimeSpan.FromSeconds(5), Cancelled);
    }

    [Fact]
    public void Nothing_can_be_said_after_the_end()
    {
        var log = Log();
        log.Append(seq => new RunFinished { Seq = seq, ThreadId = "t" }, last: true);
        Assert.Throws<InvalidOperationException>(() => log.AppendText("m", "late"));
    }

    [Fact]
    public void Who_comes_late_to_a_lane_catches_up_by_a_cursor_of_its_own_which_ends_there()
    {
        var log = Log();
        var lane = new Lane();
        log.Attach(lane, 0);
        var live = lane.Cursor;
        foreach (var c in "abcdef")
        {
            log.AppendText("m", c.ToString());
        }

        Assert.Equal("abcdef", Text(log.Read(live).Events));
        log.Attach(lane, 1);
        var late = lane.Cursor;
        Assert.NotSame(live, late);

        // in pieces, while the run goes on; what is said meanwhile comes by the lane's own cursor, and not twice
        var (more, events) = log.Read(late, maxChars: 2);
        Assert.Equal((true, "bc"), (more, Text(events)));
        log.AppendText("m", "g");
        Assert.Equal("g", Text(log.Read(live).Events));
        log.AppendText("m", "h");
        (more, events) = log.Read(late, mergeAbove: 1);
        Assert.Equal((false, "defg"), (more, Text(events)));
        Assert.Equal((4L, 7L), (events.Min(e => e.FromSeq ?? e.Seq), events[^1].Seq));
        Assert.Equal("h", Text(log.Read(live).Events));
        Assert.Empty(log.Read(late).Events);
    }

    [Fact]
    public void Who_comes_later_still_and_from_further_back_takes_the_same_cursor_along()
    {
        var log = Log();
        var lane = new Lane();
        log.Attach(lane, 0);
        var live = lane.Cursor;
        foreach (var c in "abcdef")
        {
            log.AppendText("m", c.ToString());
        }

        log.Read(live);
        log.Attach(lane, 4);
        var late = lane.Cursor;
        log.Attach(lane, 1);
        Assert.Same(late, lane.Cursor);
        log.Attach(lane, 3);
        Assert.Equal("bcdef", Text(log.Read(late).Events));

        // at the live position there is nothing to catch up with
        log.Attach(lane, 6);
        Assert.Same(live, lane.Cursor);
    }

    [Fact]
    public async Task Nobody_waits_for_who_catches_up_but_the_end()
    {
        var log = Log(maxUnread: 10);
        var lane = new Lane();
        log.Attach(lane, 0);
        var live = lane.Cursor;
        log.AppendText("m", new string('x', 100));
        log.Read(live);
        log.Attach(lane, 0);
        Assert.True(log.HasRoom);

        log.Append(seq => new RunFinished { Seq = seq, ThreadId = "t" }, last: true);
        log.Read(live);
        log.Sent(live);
        var sent = log.WaitUntilSentAsync(Cancelled);
        Assert.False(sent.IsCompleted);

        // the lane's own has gone: to the end then
        Assert.Equal([1L, 2L], log.Read(lane.Cursor).Events.Select(e => e.Seq));
        log.Sent(lane.Cursor);
        await sent.WaitAsync(TimeSpan.FromSeconds(5), Cancelled);
    }

    private static RunLog Log(long maxChars = 1_000_000, long maxUnread = 1_000_000) => new(Guid.Empty, 1, maxChars, maxUnread);

    private static List<(long Seq, long? From, string? Text)> Read(RunLog log, Lane lane, int mergeAbove = 1000)
    {
        return [.. log.Read(lane.Cursor, mergeAbove: mergeAbove).Events.Select(e => (e.Seq, e.FromSeq, (e as TextMessageContent)?.Delta))];
    }

    private static string Text(IEnumerable<RunEvent> events) => string.Concat(events.OfType<TextMessageContent>().Select(e => e.Delta));

    private sealed class Lane : IRelayLane
    {
        public RunCursor Cursor { get; private set; } = null!;

        public bool IsClosed => false;

        public void Offer(RunCursor cursor) => Cursor = cursor;
    }
}
