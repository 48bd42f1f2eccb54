using StreamChat.AgentWorker.Agents.Journal;
using StreamChat.AgentWorker.Storage;

namespace StreamChat.AgentWorker.Runs.Checkpoints;

/// <summary>How much of what a run has said is written down. Moved by the run at its steps and by <see cref="CheckpointLoop"/> in between.</summary>
/// <param name="runId">The run.</param>
/// <param name="workerId">This worker.</param>
/// <param name="attempt">The attempt.</param>
/// <param name="transcript">What it says.</param>
/// <param name="lost">Told when the run turns out to be another worker's.</param>
internal sealed class RunProgress(Guid runId, string workerId, int attempt, RunTranscript transcript, Action lost)
{
    private readonly Lock _lock = new();
    private TranscriptPosition _written = transcript.End();
    private JournalState? _journal;
    private bool _hasJournal;
    private bool _follows;
    private int _parts;

    public Guid RunId => runId;

    public string WorkerId => workerId;

    public int Attempt => attempt;

    /// <summary>Whether any text may have been written down.</summary>
    public bool HasTexts
    {
        get
        {
            lock (_lock)
            {
                return _parts > 0;
            }
        }
    }

    /// <summary>When it was last written down, a <see cref="TimeProvider"/> timestamp; read and set by the loop alone.</summary>
    public long SavedAt { get; set; }

    /// <summary>The model begins a reply: its text is worth writing down if the next worker's model can go on with it.</summary>
    /// <param name="before">Makes the state of the run before the reply.</param>
    /// <param name="follows">Whether it can.</param>
    public void BeginReply(Func<JournalState> before, bool follows)
    {
        lock (_lock)
        {
            _follows = follows;
            if (follows && !(_hasJournal && _written == transcript.End()))
            {
                _journal = before();
            }
        }
    }

    /// <summary>All that is complete stands in the journal now.</summary>
    public void SavedWhole(TranscriptPosition end)
    {
        lock (_lock)
        {
            MoveTo(end);
        }
    }

    /// <summary>What is to be written down, or null.</summary>
    /// <param name="end">Where it ends, for <see cref="Saved"/>.</param>
    public RunCheckpoint? Take(out TranscriptPosition end)
    {
        lock (_lock)
        {
            end = _written;
            if (!_follows || transcript.SaidSince(_written, out end) is not { Count: > 0 } said)
            {
                return null;
            }

            var checkpoint = new RunCheckpoint
            {
                RunId = runId,
                WorkerId = workerId,
                Attempt = attempt,
                Journal = _journal?.ToJson(),
                FirstPart = _parts + 1,
                Texts = said,
            };

            // counted at once: a try that failed may have been done all the same
            _parts += said.Count;
            return checkpoint;
        }
    }

    /// <summary>It is written down.</summary>
    public void Saved(TranscriptPosition end)
    {
        lock (_lock)
        {
            // the run may have come further by itself meanwhile
            if (end.CompareTo(_written) > 0)
            {
                MoveTo(end);
            }
        }
    }

    /// <summary>It was not written down: the run is somebody else's.</summary>
    public void Lost() => lost();

    private void MoveTo(TranscriptPosition end)
    {
        _written = end;
        _journal = null;
        _hasJournal = true;
    }
}
