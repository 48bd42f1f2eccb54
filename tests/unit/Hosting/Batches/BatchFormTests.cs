using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.UnitTests.Hosting.Batches;

/// <summary>The form of a batch, byte for byte: workers and gateways of two versions talk to each other during every deployment.</summary>
public sealed class BatchFormTests
{
    // version, worker "w", a slice of run 0192…, attempt 1, from 5
    private const string Begin = "01" + "0177" + "01" + "0192f0c17b1e7c3a9a550123456789ab" + "01" + "05";
    private const string Message = "01" + "016d";
    private const string End = "00" + "00";

    private static readonly Guid Run = Guid.Parse("0192f0c1-7b1e-7c3a-9a55-0123456789ab");

    [Fact]
    public void The_form_is_pinned()
    {
        var packed = Pack(
            new TextMessageContent { Seq = 5, MessageId = $"{Run:N}-1", Delta = "a" },
            new TextMessageContent { Seq = 6, MessageId = $"{Run:N}-1", Delta = "é" },
            new TextMessageContent { Seq = 206, FromSeq = 7, MessageId = "m", Delta = "b" },
            new ReasoningMessageContent { Seq = 207, MessageId = "m", Delta = "c" },
            new ReasoningMessageContent { Seq = 208, MessageId = $"{Run:N}-r", Delta = "d" },
            new TextMessageEnd { Seq = 209, MessageId = "m" });

        Assert.Equal(
            Begin + "02022d31" + "050161" + "0502c3a9" + Message + "06c8010162" + "03016d" + "050163" + "04022d72" + "050164"
            + "07357b2274797065223a22544558545f4d4553534147455f454e44222c226d6573736167654964223a226d222c22736571223a3230397d" + End,
            Convert.ToHexStringLower(packed.Bytes));
    }

    [Theory]
    [InlineData("")] // nothing
    [InlineData("00")] // version 0
    [InlineData("02" + "0177" + "00")] // a version to come
    [InlineData("7b7d")] // JSON
    [InlineData("01")] // no worker
    [InlineData("01" + "0177" + "00" + "00")] // something after the end
    [InlineData("01" + "0177" + "02")] // neither slice nor end
    [InlineData("01" + "01ff" + "00")] // a worker that is no UTF-8
    [InlineData("01" + "ffffffff07" + "77")] // a text as long as an array can be
    [InlineData("01" + "ffffffffffffffffff01" + "77")] // a length that is no int
    [InlineData("01" + "ffffffffffffffffff02" + "77")] // a number that is no ulong
    [InlineData("01" + "ffffffffffffffffffffffff01")] // a number without end
    [InlineData("01" + "0177" + "01" + "0192")] // half a run
    [InlineData(Begin + "08" + End)] // an entry of another kind
    [InlineData(Begin + "050161" + End)] // text of no message
    [InlineData(Begin + Message + "0501ff" + End)] // text that is no UTF-8
    [InlineData(Begin + Message + "06000161" + End)] // text that covers nothing
    [InlineData(Begin + Message + "06ffffffffffffffff7f0161" + End)] // text that covers more than there is
    [InlineData(Begin + "07027b7d" + End)] // JSON that is no event
    [InlineData(Begin + "07046e756c6c" + End)] // JSON's null
    [InlineData(Begin + "07357b2274797065223a22544558545f4d4553534147455f454e44222c226d6573736167654964223a226d222c22736571223a3230397d" + End)] // at another place
    public void What_is_no_batch_is_refused(string hex) =>
        Assert.Throws<BatchFormatException>(() => new PackedBatch(Convert.FromHexString(hex)).Unpack());

    [Fact]
    public void What_is_not_read_of_a_slice_is_passed_over()
    {
        var other = Guid.CreateVersion7();
        var reader = PackedBatch.Of(new RunEventBatch
        {
            WorkerId = "w",
            Slices = [Slice(Run, new StepStarted { Seq = 1, StepName = "s" }, new StepFinished { Seq = 2, StepName = "s" }), Slice(other, new StepStarted { Seq = 9, StepName = "s" })],
        }).Read();

        Assert.True(reader.NextSlice());
        Assert.True(reader.NextEvent());
        Assert.True(reader.NextSlice());
        Assert.Equal(other, reader.RunId);
        Assert.True(reader.NextEvent());
        Assert.Equal(9, reader.Seq);
        Assert.False(reader.NextEvent());
        Assert.False(reader.NextSlice());
    }

    [Fact]
    public void A_run_that_says_nothing_leaves_no_trace() => Assert.Empty(Pack().Unpack().Slices);

    [Fact]
    public void Events_with_a_gap_are_not_packed() => Assert.Throws<ArgumentException>(
        () => Pack(new StepStarted { Seq = 1, StepName = "s" }, new StepFinished { Seq = 3, StepName = "s" }));

    [Fact]
    public void A_writer_makes_one_batch_after_the_other()
    {
        using var writer = new BatchWriter();
        var batches = Enumerable.Range(1, 3).Select(i =>
        {
            writer.Begin("w");
            writer.BeginSlice(Run, 1);
            writer.WritePiece(i, i, "m", isReasoning: false, new string('x', 300_000 / i));
            writer.EndSlice();
            Assert.Equal(1, writer.Events);
            return writer.Complete();
        }).ToList();

        Assert.Equal([300_000, 150_000, 100_000], batches.Select(b => ((TextMessageContent)b.Unpack().Slices.Single().Events.Single()).Delta.Length));
    }

    private static PackedBatch Pack(params RunEvent[] events) => PackedBatch.Of(new RunEventBatch { WorkerId = "w", Slices = [Slice(Run, events)] });

    private static RunEventSlice Slice(Guid runId, params RunEvent[] events) => new() { RunId = runId, Attempt = 1, Events = events };
}
