using System.Diagnostics;
using System.Text;
using StreamChat.Contracts.Events;
using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Seam;

/// <summary>What one person has seen of the run, over all connections: kept when a connection breaks, and gone on with on the next one.</summary>
internal sealed class SeamViewer
{
    private readonly StringBuilder _text = new();

    /// <summary>The attempt that is shown, from 1.</summary>
    public int Attempt { get; private set; } = 1;

    /// <summary>The last event of it that was shown.</summary>
    public long LastSeq { get; private set; }

    public bool Ended { get; private set; }

    /// <summary>How much of it was text that covered several events.</summary>
    public int Merged { get; private set; }

    public string Text => _text.ToString();

    /// <summary>The connection that it has now; null when it has none.</summary>
    public SeamConnection? Connection { get; set; }

    public void Sees(int attempt, long firstSeq, long seq, string text, bool isEnd)
    {
        Assert.False(Ended, "Something came after the end.");
        if (attempt > Attempt)
        {
            (Attempt, LastSeq) = (attempt, 0);
            _text.Clear();
        }

        Assert.Equal((Attempt, LastSeq + 1), (attempt, firstSeq));
        Assert.Equal(SeamWorld.Text(attempt, firstSeq, seq), text);
        _text.Append(text);
        LastSeq = seq;
        Merged += seq > firstSeq ? 1 : 0;
        Ended = isEnd;
    }
}

/// <summary>One connection of a person, as the gateway sees it.</summary>
internal sealed class SeamConnection(SeamViewer viewer, SeamGateway gateway) : IRunListener
{
    public SeamGateway Gateway => gateway;

    public string Id { get; } = $"{gateway.Id}.1";

    public string UserId => "ada";

    public ActivityContext Handshake => default;

    public ConnectionRuns Runs { get; } = new();

    public ConnectionThreads Threads { get; } = new();

    /// <summary>Whether its client reads more slowly than the run speaks.</summary>
    public bool IsSlow { get; set; }

    public bool HasRoom => !IsSlow;

    public bool IsDrained => !IsSlow;

    public void OnOpened(Guid runId, string threadId, string? roomId, object? tag)
    {
    }

    public void OnAccepted(Guid runId, string threadId, string? traceId)
    {
    }

    public void OnText(in RunText text) => viewer.Sees(text.Attempt, text.FirstSeq, text.Seq, text.Delta, isEnd: false);

    public void OnRunEvent(Guid runId, int attempt, RunEvent runEvent) =>
        viewer.Sees(attempt, runEvent.FromSeq ?? runEvent.Seq, runEvent.Seq, "", runEvent is RunFinished);

    public void OnPutOut(string threadId)
    {
    }

    public void OnLost(Guid runId, RunRefusal refusal) => Assert.Fail("Nothing is lost while the log is kept.");
}
