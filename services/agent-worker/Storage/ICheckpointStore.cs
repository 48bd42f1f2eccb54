namespace StreamChat.AgentWorker.Storage;

/// <summary>How far runs have come that are under way, for who takes one over.</summary>
internal interface ICheckpointStore
{
    /// <summary>
    /// Writes down how far runs have come, all in one transaction. Only the claim that is in force may: nothing is written for a run
    /// that another worker has taken over or that has ended.
    /// </summary>
    /// <returns>The runs of which nothing was written.</returns>
    Task<IReadOnlySet<Guid>> SaveAsync(IReadOnlyList<RunCheckpoint> checkpoints, CancellationToken cancellationToken);

    /// <summary>What the last attempt that wrote anything down had said since the run's journal, in order.</summary>
    Task<IReadOnlyList<SaidText>> LoadTextsAsync(Guid runId, CancellationToken cancellationToken);

    /// <summary>
    /// Notes that a worker lives and lets go of a run, so that it is not counted as lost with it: by the next claim, or any more, when another
    /// worker has claimed the run already. To be said once of an attempt. Without effect when the run has ended.
    /// </summary>
    Task LetGoAsync(Guid runId, string workerId, int attempt, CancellationToken cancellationToken);
}

/// <summary>What a run has said since it was last written down.</summary>
internal sealed record RunCheckpoint
{
    public required Guid RunId { get; init; }

    public required string WorkerId { get; init; }

    public required int Attempt { get; init; }

    /// <summary>The run before this text; null when it is written down already.</summary>
    public string? Journal { get; init; }

    /// <summary>The number of the first of <see cref="Texts"/>, from 1 in each attempt.</summary>
    public required int FirstPart { get; init; }

    /// <summary>The text, in order; a message may stand in several.</summary>
    public required IReadOnlyList<SaidPiece> Texts { get; init; }
}

/// <summary>Text of a message of the assistant.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="Text">The text.</param>
internal sealed record SaidText(string MessageId, string Text);

/// <summary>A piece of the text of a message of the assistant.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="Start">What of its text lies before the piece, in characters.</param>
/// <param name="Text">The piece.</param>
internal sealed record SaidPiece(string MessageId, int Start, string Text);
