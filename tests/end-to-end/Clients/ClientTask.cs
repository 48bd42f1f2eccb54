namespace StreamChat.EndToEndTests.Clients;

/// <summary>What a client of a test does.</summary>
/// <param name="Address">The server, http.</param>
/// <param name="UserId">Who.</param>
internal sealed record ClientTask(Uri Address, string UserId)
{
    /// <summary>The native protocol of the server.</summary>
    public Uri Socket => new(Address, "/ws/v1");

    /// <summary>How many runs to ask for, side by side.</summary>
    public int Runs { get; init; }

    /// <summary>What to ask.</summary>
    public string Text { get; init; } = "";

    /// <summary>In which conversation; null for new ones.</summary>
    public string? ThreadId { get; init; }

    /// <summary>A run to see.</summary>
    public Guid? AttachTo { get; init; }

    /// <summary>A thread whose next run is to be seen.</summary>
    public string? Joins { get; init; }

    /// <summary>Cancels everything when the connection is lost, before it is back.</summary>
    public bool CancelWhenLost { get; init; }
}

/// <summary>What a client saw of a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="State"><c>finished</c>, <c>cancelled</c> or <c>failed</c>.</param>
/// <param name="Attempt">The last attempt.</param>
/// <param name="Text">The text as the client has put it together.</param>
/// <param name="Shown">The text as its events show it.</param>
internal sealed record SeenRun(Guid RunId, string State, int Attempt, string Text, string Shown)
{
    /// <summary>The numbers of <c>/load</c>.</summary>
    public IEnumerable<int> Numbers =>
        Shown.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(t => int.Parse(t.AsSpan(0, t.IndexOf('@', StringComparison.Ordinal)), provider: null));
}

/// <summary>A client in one of the languages that there is one for.</summary>
internal interface IClientUnderTest : IAsyncDisposable
{
    /// <summary>Whether the connection was lost at some time.</summary>
    bool WasLost { get; }

    /// <summary>The gateway that it was connected to first.</summary>
    string FirstGateway { get; }

    /// <summary>Waits until it is connected, and has joined what it is to join.</summary>
    Task ReadyAsync();

    /// <summary>Waits until every run has shown so many tokens.</summary>
    /// <returns>The runs.</returns>
    Task<IReadOnlyList<Guid>> SeenAsync(int tokens);

    /// <summary>Waits for the end of all runs.</summary>
    Task<IReadOnlyList<SeenRun>> EndAsync();
}
