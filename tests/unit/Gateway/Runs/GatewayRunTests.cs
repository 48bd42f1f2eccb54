using StreamChat.Contracts.Events;
using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Gateway.Runs;

public sealed class GatewayRunTests
{
    private readonly GatewayRun _run = new(Guid.CreateVersion7(), "ada", "t", roomId: null, activity: null, requestedAt: 0);

    [Fact]
    public void Accepted_is_told_once_and_before_the_first_event()
    {
        var listener = new FakeListener();
        _run.TryAdd(listener, tag: null);
        Assert.True(_run.Accept());
        Assert.False(_run.Accept());
        _run.Deliver(1, Text(1));
        Assert.Equal(["accepted", "1"], listener.Seen);
    }

    [Fact]
    public void A_connection_that_comes_when_it_is_accepted_is_told_at_once()
    {
        _run.Accept();
        var listener = new FakeListener();
        Assert.True(_run.TryAdd(listener, tag: null));
        Assert.False(_run.TryAdd(listener, tag: null));
        Assert.Equal(["accepted"], listener.Seen);
    }

    [Fact]
    public void Each_connection_sees_the_run_from_its_own_position()
    {
        var first = new FakeListener();
        var second = new FakeListener();
        _run.TryAdd(first, tag: null);
        _run.Deliver(1, Text(1));
        _run.Deliver(1, Text(2));
        _run.TryAdd(second, tag: null);

        // the replay that the second one needs passes the first one by
        _run.Deliver(1, Text(1));
        Assert.Equal(1, _run.Deliver(1, Text(2)).Duplicates);
        _run.Deliver(1, Text(3));
        Assert.Equal(["1", "2", "3"], first.Seen);
        Assert.Equal(["1", "2", "3"], second.Seen);
    }

    [Fact]
    public void Who_has_no_room_is_left_out_and_goes_on_from_where_it_was_when_it_has()
    {
        var (slow, fast) = (new FakeListener(), new FakeListener());
        _run.TryAdd(slow, tag: null);
        _run.TryAdd(fast, tag: null);
        _run.Deliver(1, Text(1));
        slow.HasRoom = slow.IsDrained = false;
        Assert.True(_run.Deliver(1, Text(2)).Held);
        slow.HasRoom = true;
        var next = _run.Deliver(1, Text(3));
        Assert.Equal((false, null), (next.Held, next.Gap));
        Assert.True(_run.Resume(out var from));
        Assert.Null(from);

        slow.IsDrained = true;
        Assert.False(_run.Resume(out from));
        Assert.Equal((1, 1L), from);

        // what comes before the replay is no second gap
        Assert.Null(_run.Deliver(1, Text(4)).Gap);
        _run.Deliver(1, Text(3, fromSeq: 2));
        Assert.Null(_run.Deliver(1, Text(4)).Gap);
        Assert.Equal(["1", "3", "4"], slow.Seen);
        Assert.Equal(["1", "2", "3", "4"], fast.Seen);
    }

    [Fact]
    public void The_end_of_a_run_waits_for_who_has_no_room_for_it()
    {
        var slow = new FakeListener();
        _run.TryAdd(slow, tag: null);
        slow.HasRoom = false;
        Assert.False(_run.Deliver(1, new RunFinished { Seq = 1, ThreadId = "t" }).Ended);
        slow.HasRoom = true;
        _run.Resume(out _);
        Assert.True(_run.Deliver(1, new RunFinished { Seq = 1, ThreadId = "t" }).Ended);
        Assert.Equal(["1"], slow.Seen);
    }

    [Fact]
    public void Of_several_behind_a_gap_the_replay_begins_at_the_furthest_back()
    {
        var (far, near) = (new FakeListener(), new FakeListener());
        _run.TryPlace(far, attempt: 1, afterSeq: 5);
        _run.TryPlace(near, attempt: 1, afterSeq: 10);
        Assert.Equal((1, 5L), _run.Deliver(1, Text(20)).Gap);
    }

    [Fact]
    public void It_is_waited_for_from_where_the_furthest_back_is_until_all_have_seen_the_end()
    {
        Assert.Null(_run.Waiting());
        var (far, near) = (new FakeListener(), new FakeListener());
        _run.TryPlace(far, attempt: 2, afterSeq: 5);
        _run.TryPlace(near, attempt: 2, afterSeq: 10);
        Assert.Equal((2, 5L), _run.Waiting());

        _run.TryAdd(new FakeListener(), tag: null);
        Assert.Equal((0, 0L), _run.Waiting());
        Assert.Equal(3, _run.Unended().Count);
    }

    [Fact]
    public void One_who_has_seen_the_end_waits_for_nothing()
    {
        var listener = new FakeListener();
        _run.TryAdd(listener, tag: null);
        _run.Deliver(1, new RunFinished { Seq = 1, ThreadId = "t" });
        Assert.Null(_run.Waiting());
        Assert.Empty(_run.Unended());
    }

    [Fact]
    public void A_replay_that_another_one_took_along_past_the_position_is_asked_for_again()
    {
        var listener = new FakeListener();
        _run.TryPlace(listener, attempt: 1, afterSeq: 10);
        Assert.Equal((1, 10L), _run.Deliver(1, Text(21, fromSeq: 20)).Gap);

        // asked for from 11 on; what comes begins further back
        Assert.Equal(1, _run.Deliver(1, Text(5, fromSeq: 3)).Duplicates);
        Assert.Equal((1, 10L), _run.Deliver(1, Text(15, fromSeq: 6)).Gap);
        Assert.Null(_run.Deliver(1, Text(19, fromSeq: 16)).Gap);
        _run.Deliver(1, Text(15, fromSeq: 11));
        _run.Deliver(1, Text(19, fromSeq: 16));
        Assert.Equal(["15", "19"], listener.Seen);
    }

    [Fact]
    public void A_gap_asks_for_one_replay_and_shows_nothing_out_of_order()
    {
        var listener = new FakeListener();
        _run.TryAdd(listener, tag: null);
        _run.Deliver(1, Text(1));
        Assert.Equal((1, 1L), _run.Deliver(1, Text(3)).Gap);
        Assert.Null(_run.Deliver(1, Text(4)).Gap);
        _run.Deliver(1, Text(2));
        _run.Deliver(1, Text(3));
        Assert.Equal(["1", "2", "3"], listener.Seen);
        Assert.Equal((1, 3L), _run.Deliver(1, Text(5)).Gap);
    }

    [Fact]
    public void The_end_counts_when_everybody_has_seen_it()
    {
        var early = new FakeListener();
        _run.TryAdd(early, tag: null);
        _run.Deliver(1, Text(1));
        var late = new FakeListener();
        _run.TryAdd(late, tag: null);

        Assert.False(_run.Deliver(1, new RunFinished { Seq = 2, ThreadId = "t" }).Ended);
        _run.Deliver(1, Text(1));
        Assert.True(_run.Deliver(1, new RunFinished { Seq = 2, ThreadId = "t" }).Ended);
        Assert.Equal(["1", "2"], early.Seen);
        Assert.Equal(["1", "2"], late.Seen);
    }

    [Fact]
    public void Who_sees_the_run_and_attaches_again_is_sent_nothing_twice()
    {
        var listener = new FakeListener();
        Assert.True(_run.TryView(listener));
        _run.Deliver(1, Text(1));
        _run.Deliver(1, Text(2));

        // asked when only the first had come to the client; the second is on its way to it
        Assert.True(_run.TryPlace(listener, attempt: 1, afterSeq: 1));
        _run.Deliver(1, Text(2));
        _run.Deliver(1, Text(3));
        Assert.Equal(["1", "2", "3"], listener.Seen);

        _run.Deliver(2, Text(1));
        Assert.Equal(["1", "2", "3", "1"], listener.Seen);
    }

    [Fact]
    public void Who_attaches_ahead_of_what_it_was_sent_goes_on_from_there()
    {
        var listener = new FakeListener();
        Assert.True(_run.TryPlace(listener, attempt: 1, afterSeq: 2));
        _run.Deliver(1, Text(2));
        _run.Deliver(1, Text(3));
        Assert.Equal(["3"], listener.Seen);
    }

    [Fact]
    public void Nothing_follows_the_end_that_a_viewer_was_shown()
    {
        var (told, behind) = (new FakeListener(), new FakeListener());
        _run.TryAdd(told, tag: null);
        _run.TryAdd(behind, tag: null);
        _run.TryPlace(behind, attempt: 1, afterSeq: 10);
        _run.Deliver(1, Text(1));
        _run.Deliver(1, new RunFinished { Seq = 2, ThreadId = "t" });
        _run.Deliver(1, Text(3));
        _run.Deliver(2, Text(1));
        Assert.Equal(["1", "2"], told.Seen);
    }

    [Fact]
    public void The_first_text_is_noticed_once()
    {
        _run.TryAdd(new FakeListener(), tag: null);
        Assert.False(_run.Deliver(1, new RunStarted { Seq = 1, ThreadId = "t" }).FirstText);
        Assert.True(_run.Deliver(1, Text(2)).FirstText);
        Assert.False(_run.Deliver(1, Text(3)).FirstText);
    }

    [Fact]
    public void Who_did_not_ask_sees_the_run_but_is_not_told_that_it_is_accepted()
    {
        var asking = new FakeListener();
        var viewing = new FakeListener();
        _run.TryAdd(asking, tag: null);
        Assert.True(_run.TryView(viewing));
        _run.Accept();
        _run.Deliver(1, Text(1));
        Assert.Equal(["accepted", "1"], asking.Seen);
        Assert.Equal(["1"], viewing.Seen);
    }

    [Fact]
    public void A_connection_is_placed_where_it_has_been()
    {
        var asking = new FakeListener();
        var back = new FakeListener();
        _run.TryAdd(asking, tag: null);
        for (var seq = 1; seq <= 3; seq++)
        {
            _run.Deliver(1, Text(seq));
        }

        Assert.True(_run.TryPlace(back, attempt: 1, afterSeq: 2));
        _run.Deliver(1, Text(3));
        _run.Deliver(1, Text(4));
        Assert.Equal(["1", "2", "3", "4"], asking.Seen);
        Assert.Equal(["3", "4"], back.Seen);
    }

    [Fact]
    public void A_run_that_has_ended_here_takes_nobody_in()
    {
        _run.TryAdd(new FakeListener(), tag: null);
        Assert.True(_run.Deliver(1, new RunFinished { Seq = 1, ThreadId = "t" }).Ended);
        Assert.False(_run.TryView(new FakeListener()));
        Assert.False(_run.TryPlace(new FakeListener(), 1, 0));
    }

    [Fact]
    public void Those_who_wait_for_a_replay_are_known()
    {
        var early = new FakeListener("g.1");
        var late = new FakeListener("g.2");
        _run.TryAdd(early, tag: null);
        _run.Deliver(1, Text(1));
        _run.TryView(late);
        _run.Deliver(1, Text(2));
        Assert.Same(late, Assert.Single(_run.Waiting(connectionId: null)));
        Assert.Same(early, Assert.Single(_run.Waiting("g.1")));

        // it did not ask for the run: an answer that names it is a late one to an earlier question
        Assert.Empty(_run.Waiting("g.2"));
    }

    [Fact]
    public void Those_who_look_on_and_have_been_shown_nothing_wait_as_well()
    {
        var asking = new FakeListener("g.1");
        var lookingOn = new FakeListener("g.2");
        _run.TryAdd(asking, tag: null);
        _run.TryView(lookingOn);
        Assert.Same(lookingOn, Assert.Single(_run.Waiting(connectionId: null)));
        _run.Deliver(1, Text(1));
        Assert.Empty(_run.Waiting(connectionId: null));
    }

    private static TextMessageContent Text(long seq, long? fromSeq = null) => new() { Seq = seq, FromSeq = fromSeq, MessageId = "m", Delta = "x" };
}
