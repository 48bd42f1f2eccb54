using System.Diagnostics;
using StreamChat.Contracts.Events;
using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Gateway.Runs;

public sealed class GatewayRunTests
{
    private readonly GatewayRun _run = new(Guid.CreateVersion7(), "ada", "t", roomId: null, activity: null, requestedAt: 0);

    [Fact]
    public void Accepted_is_told_once_and_before_the_first_event()
    {
        var listener = new Listener();
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
        var listener = new Listener();
        Assert.True(_run.TryAdd(listener, tag: null));
        Assert.False(_run.TryAdd(listener, tag: null));
        Assert.Equal(["accepted"], listener.Seen);
    }

    [Fact]
    public void Each_connection_sees_the_run_from_its_own_position()
    {
        var first = new Listener();
        var second = new Listener();
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
    public void A_gap_asks_for_one_replay_and_shows_nothing_out_of_order()
    {
        var listener = new Listener();
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
        var early = new Listener();
        _run.TryAdd(early, tag: null);
        _run.Deliver(1, Text(1));
        var late = new Listener();
        _run.TryAdd(late, tag: null);

        Assert.False(_run.Deliver(1, new RunFinished { Seq = 2, ThreadId = "t" }).Ended);
        _run.Deliver(1, Text(1));
        Assert.True(_run.Deliver(1, new RunFinished { Seq = 2, ThreadId = "t" }).Ended);
        Assert.Equal(["1", "2"], early.Seen);
        Assert.Equal(["1", "2"], late.Seen);
    }

    [Fact]
    public void The_first_text_is_noticed_once()
    {
        _run.TryAdd(new Listener(), tag: null);
        Assert.False(_run.Deliver(1, new RunStarted { Seq = 1, ThreadId = "t" }).FirstText);
        Assert.True(_run.Deliver(1, Text(2)).FirstText);
        Assert.False(_run.Deliver(1, Text(3)).FirstText);
    }

    private static TextMessageContent Text(long seq) => new() { Seq = seq, MessageId = "m", Delta = "x" };

    private sealed class Listener : IRunListener
    {
        public List<string> Seen { get; } = [];

        public string Id => "g.1";

        public string UserId => "ada";

        public ActivityContext Handshake => default;

        public ConnectionRuns Runs { get; } = new();

        public void OnAccepted(Guid runId, string threadId, string? traceId) => Seen.Add("accepted");

        public void OnOpened(Guid runId, string threadId, string? roomId, object? tag)
        {
        }

        public void OnRunEvent(Guid runId, int attempt, RunEvent runEvent) => Seen.Add($"{runEvent.Seq}");
    }
}
