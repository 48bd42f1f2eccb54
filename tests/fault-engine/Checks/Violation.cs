namespace StreamChat.FaultEngine.Checks;

/// <summary>What must not be.</summary>
public enum ViolationKind
{
    /// <summary>A word, or an event, that a viewer did not get.</summary>
    Lost,

    /// <summary>One that a viewer got twice.</summary>
    Duplicated,

    /// <summary>Ones that came in another order.</summary>
    Reordered,

    /// <summary>A run whose end a viewer has not seen long after the last fault was over, or a process that is not ready again.</summary>
    Stuck,

    /// <summary>An end that is not the one that the run should have, more than one, or not the same for all.</summary>
    WrongEnd,

    /// <summary>The store says something else than viewers saw.</summary>
    Store,

    /// <summary>The protocol was broken in another way.</summary>
    Protocol,
}

/// <summary>Something that must not be.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Where, and what was seen.</param>
/// <param name="Client">Index of the client that saw it; null when it is no client's.</param>
/// <param name="Run">Index of the run; null when it is no run's.</param>
/// <param name="Count">How many words or events.</param>
public sealed record Violation(ViolationKind Kind, string Text, int? Client = null, int? Run = null, int Count = 1)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind} ({Count}), client {Client?.ToString() ?? "-"}, run {Run?.ToString() ?? "-"}: {Text}";
}
