namespace StreamChat.FaultEngine.Schedules;

/// <summary>One connection of a schedule, made anew whenever it breaks.</summary>
/// <param name="Index">Its place in the schedule.</param>
/// <param name="UserId">Who it is.</param>
/// <param name="Entrance">Where it connects.</param>
/// <param name="Uses">What it does.</param>
public sealed record PlannedClient(int Index, string UserId, Entrance Entrance, IReadOnlyList<PlannedUse> Uses);

/// <summary>Where a client connects.</summary>
public enum Entrance
{
    /// <summary>The edge, as everybody.</summary>
    Edge,

    /// <summary>The first gateway itself, so that one user's connections are on both.</summary>
    FirstGateway,

    /// <summary>The second gateway itself.</summary>
    SecondGateway,
}

/// <summary>What a client does about a run.</summary>
/// <param name="Run">Index of the run.</param>
/// <param name="Role">How it comes to see it.</param>
/// <param name="At">When, from the start of the schedule; for <see cref="Role.AskAfterEnd"/> and <see cref="Role.AttachAfterEnd"/> it does not count.</param>
public sealed record PlannedUse(int Run, Role Role, TimeSpan At);

/// <summary>How a client comes to see a run.</summary>
public enum Role
{
    /// <summary>It asks for it. Several may, with the same id, and see one run.</summary>
    Ask,

    /// <summary>It asks for it again when all have seen the end.</summary>
    AskAfterEnd,

    /// <summary>It has joined the thread before.</summary>
    Join,

    /// <summary>It attaches at some time.</summary>
    Attach,

    /// <summary>It attaches when all have seen the end.</summary>
    AttachAfterEnd,
}
