using System.Text.Json;
using StreamChat.AgentWorker.Relay;
using StreamChat.AgentWorker.Runs;
using StreamChat.Contracts.Events;

namespace StreamChat.UnitTests.AgentWorker.Runs;

public sealed class RunLogTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void A_cursor_reads_events_in_order_each_once()
    {
        var (log, lane) = Followed();
        log.Append(seq => new RunStarted { Seq = seq, ThreadId = "t" });
        Say(log, "one ", "two ");

        Assert.Equal([(1L, null, null), (2L, null, "one "), (3L, null, "two ")], Read(log, lane));
        Assert.Empty(Read(log, lane));
        Say(log, "three");
        Assert.Equal([(4L, null, "three")], Read(log, lane));
    }

    [Fact]
    public void Deltas_are_merged_only_above_the_threshold()
    {
        var (log, lane) = Followed();
        Say(log, "1 ", "2 ", "3 ", "4 ");
        Assert.Equal([(4L, 1L, "1 2 3 4 ")], Read(log, lane, mergeAbove: 3));
        Say(log, "5 ", "6 ", "7 ");
        Assert.Equal([(5L, null, "5 "), (6L, null, "6 "), (7L, null, "7 ")], Read(log, lane, mergeAbove: 3));
    }

    [Fact]
    public void Deltas_of_different_messages_are_never_merged()
    {
        var (log, lane) = Followed();
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
        Say(log, "a", "b", "c", "d", "e", "f");

        var lane = new Lane();
        Assert.True(log.Attach(lane, afterSeq));
        Assert.Equal(expected, string.Concat(Read(log, lane, mergeAbove: 1).Select(e => e.Text)));
        Say(log, "!");
        Assert.Equal([(7L, null, "!")], Read(log, lane));
    }

    [Fact]
    public void A_read_stops_with_the_delta_that_reaches_its_size_and_says_that_there_is_more()
    {
        var (log, lane) = Followed();
        Say(log, [.. Enumerable.Repeat("12345", 10)]);

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
        var (log, lane) = Followed(maxUnread: 10);
        Say(log, "12345678901");

        var room = log.WaitForRoomAsync(Cancelled).AsTask();
        Assert.False(room.IsCompleted);
        Read(log, lane);
        await room.WaitAsync(Deadline, Cancelled);
    }

    [Fact]
    public async Task The_writer_goes_on_when_the_slow_gateway_is_gone()
    {
        var (log, lane) = Followed(maxUnread: 10);
        Say(log, "12345678901");

        var room = log.WaitForRoomAsync(Cancelled).AsTask();
        log.Detach(lane);
        await room.WaitAsync(Deadline, Cancelled);
    }

    [Fact]
    public void What_everybody_has_read_is_let_go_of_at_the_limit()
    {
        var (log, lane) = Followed(maxChars: 100_000);
        var read = 0;
        for (var i = 0; i < 1000; i++)
        {
            Say(log, new string('x', 1000));
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
        var (log, lane) = Followed(maxChars: 10_000);
        Say(log, [.. Enumerable.Repeat(new string('x', 1000), 1000)]);

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
        var (log, lane) = Followed();
        Finish(log);
        var sent = log.WaitUntilSentAsync(Cancelled);

        Read(log, lane);
        Assert.False(sent.IsCompleted);
        log.Sent(lane.Cursor);
        await sent.WaitAsync(Deadline, Cancelled);
    }

    [Fact]
    public void Nothing_can_be_said_after_the_end()
    {
        var log = Log();
        Finish(log);
        Assert.Throws<InvalidOperationException>(() => Say(log, "late"));
    }

    [Fact]
    public void Who_comes_late_to_a_lane_catches_up_by_a_cursor_of_its_own_which_ends_there()
    {
        var (log, lane) = Followed();
        var live = lane.Cursor;
        Say(log, "a", "b", "c", "d", "e", "f");

        Assert.Equal("abcdef", Text(log.Read(live).Events));
        log.Attach(lane, 1);
        var late = lane.Cursor;
        Assert.NotSame(live, late);

        // in pieces, while the run goes on; what is said meanwhile comes by the lane's own cursor, and not twice
        var (more, events) = log.Read(late, maxChars: 2);
        Assert.Equal((true, "bc"), (more, Text(events)));
        Say(log, "g");
        Assert.Equal("g", Text(log.Read(live).Events));
        Say(log, "h");
        (more, events) = log.Read(late, mergeAbove: 1);
        Assert.Equal((false, "defg"), (more, Text(events)));
        Assert.Equal((4L, 7L), (events.Min(e => e.FromSeq ?? e.Seq), events[^1].Seq));
        Assert.Equal("h", Text(log.Read(live).Events));
        Assert.Empty(log.Read(late).Events);
    }

    [Fact]
    public void Who_comes_later_still_and_from_further_back_takes_the_same_cursor_along()
    {
        var (log, lane) = Followed();
        var live = lane.Cursor;
        Say(log, "a", "b", "c", "d", "e", "f");

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
        var (log, lane) = Followed(maxUnread: 10);
        var live = lane.Cursor;
        Say(log, new string('x', 100));
        log.Read(live);
        log.Attach(lane, 0);
        Assert.True(log.HasRoom);

        Finish(log);
        log.Read(live);
        log.Sent(live);
        var sent = log.WaitUntilSentAsync(Cancelled);
        Assert.False(sent.IsCompleted);

        // the lane's own has gone: to the end then
        Assert.Equal([1L, 2L], log.Read(lane.Cursor).Events.Select(e => e.Seq));
        log.Sent(lane.Cursor);
        await sent.WaitAsync(Deadline, Cancelled);
    }

    private static RunLog Log(long maxChars = 1_000_000, long maxUnread = 1_000_000) => new(Guid.Empty, 1, maxChars, maxUnread);

    /// <summary>A log, and a lane to which all of it is offered.</summary>
    private static (RunLog Log, Lane Lane) Followed(long maxChars = 1_000_000, long maxUnread = 1_000_000)
    {
        var (log, lane) = (Log(maxChars, maxUnread), new Lane());
        Assert.True(log.Attach(lane, 0));
        return (log, lane);
    }

    /// <summary>Says something in so many pieces.</summary>
    private static void Say(RunLog log, params string[] pieces)
    {
        foreach (var piece in pieces)
        {
            log.AppendText("m", piece);
        }
    }

    private static void Finish(RunLog log) => log.Append(seq => new RunFinished { Seq = seq, ThreadId = "t" }, last: true);

    private static List<(long Seq, long? From, string? Text)> Read(RunLog log, Lane lane, int mergeAbove = 1000) =>
        [.. log.Read(lane.Cursor, mergeAbove: mergeAbove).Events.Select(e => (e.Seq, e.FromSeq, (e as TextMessageContent)?.Delta))];

    private static string Text(IEnumerable<RunEvent> events) => string.Concat(events.OfType<TextMessageContent>().Select(e => e.Delta));

    private sealed class Lane : IRelayLane
    {
        public RunCursor Cursor { get; private set; } = null!;

        public bool IsClosed => false;

        public void Offer(RunCursor cursor) => Cursor = cursor;
    }
}
