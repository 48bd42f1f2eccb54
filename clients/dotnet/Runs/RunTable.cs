namespace StreamChat.Client.Runs;

/// <summary>The runs of a client that have not ended, and the ids of the last ones that have. Under the client's lock.</summary>
internal sealed class RunTable(int mostRuns)
{
    private const int MostEndedKnown = 256;

    private readonly Dictionary<Guid, ChatRun> _runs = [];
    private readonly HashSet<Guid> _ended = [];
    private readonly Queue<Guid> _endedInOrder = [];

    public bool IsEmpty => _runs.Count == 0;

    public bool IsFull => _runs.Count >= mostRuns;

    /// <summary>All of them, as they are now: some may end while one goes through them.</summary>
    public ChatRun[] All => [.. _runs.Values];

    public ChatRun? Find(Guid runId) => _runs.GetValueOrDefault(runId);

    /// <summary>Those of a thread, as they are now.</summary>
    public ChatRun[] Of(string threadId) => [.. _runs.Values.Where(run => run.ThreadId == threadId)];

    /// <summary>Those that are, or may be, of a thread; the newest of them.</summary>
    public IEnumerable<Guid> PossiblyOf(string threadId, int most) =>
        _runs.Values.Where(run => run.ThreadId is null || run.ThreadId == threadId).Select(run => run.RunId).TakeLast(most);

    /// <summary>The one that was asked for and not answered, if there is one only.</summary>
    public ChatRun? OnlyUnanswered()
    {
        var waiting = _runs.Values.Where(run => run.Link is { IsSent: true, IsAccepted: false }).Take(2).ToArray();
        return waiting.Length == 1 ? waiting[0] : null;
    }

    /// <summary>Whether it ended a short time ago.</summary>
    public bool HasEnded(Guid runId) => _ended.Contains(runId);

    public void Add(ChatRun run)
    {
        _runs.Add(run.RunId, run);
        _ended.Remove(run.RunId);
    }

    /// <summary>It has ended.</summary>
    public void End(ChatRun run)
    {
        _runs.Remove(run.RunId);
        if (_ended.Add(run.RunId))
        {
            _endedInOrder.Enqueue(run.RunId);
            if (_endedInOrder.Count > MostEndedKnown)
            {
                _ended.Remove(_endedInOrder.Dequeue());
            }
        }
    }
}
