using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Gateway.Runs;

public sealed class SequencerTests
{
    [Fact]
    public void Events_in_order_are_delivered_each_once()
    {
        var sequencer = default(Sequencer);
        Assert.Equal(Sequence.Deliver, sequencer.Next(1, 1, 1));
        Assert.Equal(Sequence.Deliver, sequencer.Next(1, 2, 2));
        Assert.Equal(Sequence.Duplicate, sequencer.Next(1, 2, 2));
        Assert.Equal(Sequence.Duplicate, sequencer.Next(1, 1, 1));
        Assert.Equal(Sequence.Deliver, sequencer.Next(1, 3, 3));
    }

    [Fact]
    public void A_merged_event_covers_its_range()
    {
        var sequencer = default(Sequencer);
        Assert.Equal(Sequence.Deliver, sequencer.Next(1, 1, 10));
        Assert.Equal(10, sequencer.LastSeq);
        Assert.Equal(Sequence.Duplicate, sequencer.Next(1, 4, 9));
        Assert.Equal(Sequence.Deliver, sequencer.Next(1, 11, 12));
    }

    [Fact]
    public void A_missing_event_is_a_gap_until_it_comes()
    {
        var sequencer = default(Sequencer);
        sequencer.Next(1, 1, 1);
        Assert.Equal(Sequence.Gap, sequencer.Next(1, 3, 3));
        Assert.Equal(Sequence.Gap, sequencer.Next(1, 4, 4));
        Assert.Equal(1, sequencer.LastSeq);
        Assert.Equal(Sequence.Deliver, sequencer.Next(1, 2, 4));
    }

    [Fact]
    public void A_merged_event_that_reaches_into_what_was_shown_is_a_gap_and_not_shown_twice()
    {
        var sequencer = default(Sequencer);
        sequencer.Next(1, 1, 5);
        Assert.Equal(Sequence.Gap, sequencer.Next(1, 4, 8));
    }

    [Fact]
    public void A_new_attempt_begins_at_one_and_silences_the_old_one()
    {
        var sequencer = default(Sequencer);
        sequencer.Next(1, 1, 7);
        Assert.Equal(Sequence.Gap, sequencer.Next(2, 2, 2));
        Assert.Equal(Sequence.Deliver, sequencer.Next(2, 1, 1));
        Assert.Equal(Sequence.Duplicate, sequencer.Next(1, 8, 8));
        Assert.Equal(Sequence.Deliver, sequencer.Next(2, 2, 2));
        Assert.Equal((2, 2L), (sequencer.Attempt, sequencer.LastSeq));
    }
}
