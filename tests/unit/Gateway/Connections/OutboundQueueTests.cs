using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Events;
using StreamChat.Gateway;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Native;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Gateway.Connections;

public sealed class OutboundQueueTests
{
    private static readonly Guid RunA = Guid.Parse("0192f0c1-7b1e-7c3a-9a55-00000000000a");
    private static readonly Guid RunB = Guid.Parse("0192f0c1-7b1e-7c3a-9a55-00000000000b");

    private readonly GatewayTelemetry _telemetry =
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Frames_come_out_as_they_went_in()
    {
        using var queue = Queue();
        queue.TryAdd(Text(RunA, 1, "one"));
        queue.TryAdd(new Pong("1"));

        var frames = await TakeAsync(queue);
        Assert.Equal(["one", null], frames.Select(f => f.TryGetProperty("delta", out var d) ? d.GetString() : null));
    }

    [Fact]
    public async Task When_behind_the_deltas_of_each_run_are_merged_and_stay_in_order()
    {
        using var queue = Queue(mergeBytes: 1);
        queue.TryAdd(new Pong("first")); // now something waits
        for (var i = 1; i <= 3; i++)
        {
            queue.TryAdd(Text(RunA, i, $"a{i} "));
            queue.TryAdd(Text(RunB, i, $"b{i} "));
        }

        queue.TryAdd(new RunOutput(RunA, 1, new TextMessageEnd { Seq = 4, MessageId = "m" }));
        queue.TryAdd(Text(RunB, 4, "b4 "));

        var frames = await TakeAsync(queue);
        var a = frames.Where(f => Of(f, RunA)).ToList();
        Assert.Equal(["TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END"], a.Select(f => f.GetProperty("type").GetString()));
        Assert.Equal(("a1 a2 a3 ", 1, 3), (a[0].GetProperty("delta").GetString(), a[0].GetProperty("fromSeq").GetInt64(), a[0].GetProperty("seq").GetInt64()));
        Assert.Equal("b1 b2 b3 b4 ", Assert.Single(frames, f => Of(f, RunB)).GetProperty("delta").GetString());
    }

    [Fact]
    public async Task A_delta_of_the_next_attempt_is_not_merged_with_the_last_one()
    {
        using var queue = Queue(mergeBytes: 1);
        queue.TryAdd(new Pong("first"));
        queue.TryAdd(Text(RunA, 5, "old"));
        queue.TryAdd(new RunOutput(RunA, 2, new TextMessageContent { Seq = 1, MessageId = "m", Delta = "new" }));

        var texts = (await TakeAsync(queue)).Where(f => f.TryGetProperty("delta", out _)).Select(f => f.GetProperty("delta").GetString());
        Assert.Equal(["old", "new"], texts);
    }

    [Fact]
    public async Task Past_the_limit_nothing_is_taken_and_what_waited_is_still_given_out()
    {
        using var queue = Queue(maxBytes: 1000);
        var added = 0;
        while (queue.TryAdd(new Pong(new string('x', 50))))
        {
            added++;
        }

        Assert.InRange(added, 8, 15);
        Assert.False(queue.TryAdd(new Pong("late")));
        Assert.InRange((await queue.TakeAsync(new OutboundFrames()))!.Count, added, added + 1);
        Assert.Null(await queue.TakeAsync(new OutboundFrames()));
    }

    [Fact]
    public async Task There_is_room_until_a_share_of_the_limit_waits_and_again_when_it_is_taken()
    {
        using var queue = Queue(maxBytes: 1000);
        Assert.True(queue.HasRoom(0.5));
        while (queue.HasRoom(0.5))
        {
            Assert.True(queue.TryAdd(new Pong(new string('x', 50))));
        }

        Assert.False(queue.HasRoom(0.125));
        await queue.TakeAsync(new OutboundFrames());
        Assert.True(queue.HasRoom(0.125));
    }

    [Fact]
    public async Task A_client_that_has_stopped_reading_is_not_waited_for()
    {
        using var queue = new OutboundQueue(
            new SnapshotSession(), TextPacing.AtOnce, Bounds(1000, int.MaxValue) with { StalledBytes = 100 }, _time, _telemetry);
        queue.TryAdd(Text(RunA, 1, "x"));
        await queue.TakeAsync(new OutboundFrames());
        queue.TryAdd(Text(RunA, 2, new string('x', 600)));
        Assert.False(queue.HasRoom(0.5));

        // there is room, so that the next thing ends it
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.True(queue.HasRoom(0.5));
        Assert.False(queue.TryAdd(Text(RunB, 1, "x")));
    }

    [Fact]
    public async Task Merged_text_counts_against_the_limit()
    {
        using var queue = Queue(maxBytes: 10_000, mergeBytes: 1);
        queue.TryAdd(new Pong("first"));
        var seq = 0;
        while (queue.TryAdd(Text(RunA, ++seq, new string('x', 100))))
        {
        }

        Assert.InRange(seq, 90, 101);
        var text = (await TakeAsync(queue)).Single(f => f.TryGetProperty("delta", out _));
        Assert.Equal((seq - 1, (seq - 1) * 100), (text.GetProperty("seq").GetInt32(), text.GetProperty("delta").GetString()!.Length));
        Assert.Null(await queue.TakeAsync(new OutboundFrames()));
    }

    [Fact]
    public async Task A_snapshot_that_grows_past_the_limit_may_pass_alone()
    {
        using var queue = new OutboundQueue(new SnapshotSession(), TextPacing.AtOnce, Bounds(100, int.MaxValue), _time, _telemetry);
        Assert.True(queue.TryAdd(Text(RunA, 1, new string('x', 60))));
        Assert.True(queue.TryAdd(Text(RunA, 2, new string('x', 120))));
        Assert.Equal(122, (await queue.TakeAsync(new OutboundFrames()))![0].Length);

        // and one that is too large from its beginning, together with what fits by itself
        Assert.True(queue.TryAdd(Text(RunB, 1, "y")));
        Assert.True(queue.TryAdd(Text(RunA, 3, new string('x', 120))));
        Assert.True(queue.TryAdd(Text(RunB, 2, "yz")));
        Assert.False(queue.TryAdd(Text(Guid.Empty, 1, new string('z', 120))));
    }

    [Fact]
    public async Task Gathered_text_does_not_wait_when_there_is_much_of_it()
    {
        using var queue = Queue(mergeBytes: 1000, pacing: new TextPacing(Late: true, TimeSpan.FromSeconds(1)));
        var taking = queue.TakeAsync(new OutboundFrames()).AsTask();
        for (var seq = 1; seq <= 10; seq++)
        {
            queue.TryAdd(Text(RunA, seq, new string('x', 100)));
            Assert.False(taking.IsCompleted);
        }

        queue.TryAdd(Text(RunA, 11, "x"));
        Assert.Equal(1, (await taking.WaitAsync(TimeSpan.FromSeconds(5), Cancelled))?.Count);
    }

    [Fact]
    public async Task After_a_large_frame_more_text_waits_as_long_as_its_bytes_are_worth()
    {
        using var queue = new OutboundQueue(
            new SnapshotSession(), new TextPacing(Late: true, TimeSpan.Zero, BytesPerSecond: 1000), Bounds(100_000, 1), _time, _telemetry);
        queue.TryAdd(Text(RunA, 1, new string('x', 498)));
        Assert.Equal(500, (await queue.TakeAsync(new OutboundFrames()))!.Length);

        var taking = queue.TakeAsync(new OutboundFrames()).AsTask();
        queue.TryAdd(Text(RunA, 2, "y"));
        _time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(taking.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, (await taking.WaitAsync(TimeSpan.FromSeconds(5), Cancelled))?.Count);

        // but what is not text takes it along
        queue.TryAdd(Text(RunA, 3, new string('x', 498)));
        taking = queue.TakeAsync(new OutboundFrames()).AsTask();
        Assert.False(taking.IsCompleted);
        queue.TryAdd(new RunOutput(RunA, 1, new TextMessageEnd { Seq = 4, MessageId = "m" }));
        Assert.NotNull(await taking.WaitAsync(TimeSpan.FromSeconds(5), Cancelled));
    }

    [Fact]
    public async Task Who_has_not_taken_what_was_sent_may_have_less_waiting()
    {
        using var queue = new OutboundQueue(
            new SnapshotSession(), TextPacing.AtOnce, Bounds(1000, int.MaxValue) with { StalledBytes = 100 }, _time, _telemetry);
        queue.TryAdd(Text(RunA, 1, "sent"));
        var sent = await queue.TakeAsync(new OutboundFrames());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(queue.TryAdd(Text(RunA, 2, new string('x', 90))));
        Assert.True(queue.TryAdd(Text(RunB, 1, new string('x', 90))));

        // it has taken it after all, and a burst may wait again
        sent!.Clear();
        sent = await queue.TakeAsync(sent);
        Assert.True(queue.TryAdd(Text(RunA, 3, new string('x', 90))));
        Assert.True(queue.TryAdd(Text(RunB, 2, new string('x', 90))));
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.False(queue.TryAdd(Text(Guid.Empty, 1, "x")));
        Assert.Equal(3, (await queue.TakeAsync(new OutboundFrames()))!.Count);
        Assert.Null(await queue.TakeAsync(new OutboundFrames()));
    }

    [Fact]
    public async Task What_waits_is_still_given_out_after_completion()
    {
        using var queue = Queue();
        queue.TryAdd(new Pong("1"));
        queue.Complete();
        Assert.False(queue.TryAdd(new Pong("2")));

        var frames = await queue.TakeAsync(new OutboundFrames());
        Assert.Equal(1, frames?.Count);
        Assert.Null(await queue.TakeAsync(new OutboundFrames()));
    }

    [Fact]
    public async Task A_waiting_writer_is_woken()
    {
        using var queue = Queue();
        var taking = queue.TakeAsync(new OutboundFrames()).AsTask();
        Assert.False(taking.IsCompleted);
        queue.TryAdd(new Pong("1"));
        Assert.Equal(1, (await taking.WaitAsync(TimeSpan.FromSeconds(5), Cancelled))?.Count);
    }

    [Fact]
    public async Task Late_text_is_one_frame_however_many_deltas_came_meanwhile()
    {
        using var queue = Queue(pacing: new TextPacing(Late: true, TimeSpan.Zero));
        queue.TryAdd(Text(RunA, 1, "a"));
        queue.TryAdd(Text(RunA, 2, "b"));
        Assert.Equal("ab", Assert.Single(await TakeAsync(queue)).GetProperty("delta").GetString());
    }

    [Fact]
    public async Task Gathered_text_waits_for_its_time_and_no_longer()
    {
        using var queue = Queue(pacing: new TextPacing(Late: true, TimeSpan.FromMilliseconds(20)));
        queue.TryAdd(Text(RunA, 1, "a"));
        var taking = queue.TakeAsync(new OutboundFrames()).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(15));
        queue.TryAdd(Text(RunA, 2, "b"));
        Assert.False(taking.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(5));
        var frames = await taking.WaitAsync(TimeSpan.FromSeconds(5), Cancelled);
        Assert.Equal("ab", JsonElement.Parse(Encoding.UTF8.GetString(frames![0].Span)).GetProperty("delta").GetString());
    }

    [Fact]
    public async Task Anything_else_takes_gathered_text_along_at_once()
    {
        using var queue = Queue(pacing: new TextPacing(Late: true, TimeSpan.FromMilliseconds(20)));
        queue.TryAdd(Text(RunA, 1, "a"));
        queue.TryAdd(new RunOutput(RunA, 1, new TextMessageEnd { Seq = 2, MessageId = "m" }));
        Assert.Equal(["TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END"], (await TakeAsync(queue)).Select(f => f.GetProperty("type").GetString()));
    }

    [Fact]
    public void Of_the_snapshots_of_one_thing_that_wait_in_a_row_only_the_newest_stays()
    {
        using var frames = new OutboundFrames();
        Write("first of a", RunA);
        Write("b", RunB);
        Write("second of a", RunA);
        Write("third of a", RunA);
        Write("end", null);
        Assert.Equal(["first of a", "b", "third of a", "end"], Enumerable.Range(0, frames.Count).Select(i => Encoding.UTF8.GetString(frames[i].Span)));

        void Write(string text, Guid? of)
        {
            frames.Write(Encoding.UTF8.GetBytes(text));
            if (of is { } snapshot)
            {
                frames.EndSnapshot(snapshot);
            }
            else
            {
                frames.EndFrame();
            }
        }
    }

    private OutboundQueue Queue(int maxBytes = 100_000, int mergeBytes = 100_000, TextPacing pacing = default) =>
        new(new NativeDialect(Options.Create(new LimitsOptions()), new MessageExtensions([])), pacing, Bounds(maxBytes, mergeBytes), _time, _telemetry);

    private static OutboundBounds Bounds(int bytes, int mergeBytes) => new(bytes, mergeBytes, StalledBytes: bytes, StalledAfter: TimeSpan.FromSeconds(1));

    private static RunOutput Text(Guid run, long seq, string delta) => new(run, 1, new TextMessageContent { Seq = seq, MessageId = "m", Delta = delta });

    private static bool Of(JsonElement frame, Guid run) => frame.TryGetProperty("runId", out var id) && id.GetGuid() == run;

    private static async Task<List<JsonElement>> TakeAsync(OutboundQueue queue)
    {
        var frames = await queue.TakeAsync(new OutboundFrames());
        return Enumerable.Range(0, frames!.Count).Select(i => JsonElement.Parse(Encoding.UTF8.GetString(frames[i].Span))).ToList();
    }

    /// <summary>Says each delta as a snapshot of its run.</summary>
    private sealed class SnapshotSession : IDialectSession
    {
        public Fault BinaryFault => new("", "");

        public ClientFrame Parse(ReadOnlyMemory<byte> frame) => new PongRequest();

        public void Encode(ServerEvent serverEvent, DateTimeOffset now, IFrameOutput output)
        {
            if (serverEvent is RunOutput { Event: TextMessageContent text } run)
            {
                output.Write(JsonSerializer.SerializeToUtf8Bytes(text.Delta));
                output.EndSnapshot(run.RunId);
            }
        }
    }
}
