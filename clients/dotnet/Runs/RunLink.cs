using StreamChat.Client.Frames;

namespace StreamChat.Client.Runs;

/// <summary>What the connection has to know of a run.</summary>
internal sealed class RunLink : IDisposable
{
    /// <summary>The request; null when it was only attached to.</summary>
    public RunFrame? Request { get; init; }

    /// <summary>Whether an attach has to name the thread: it is somebody else's run in a room.</summary>
    public bool IsOfRoom { get; init; }

    /// <summary>Whether the server may have the request.</summary>
    public bool IsSent { get; set; }

    /// <summary>Whether the server has it.</summary>
    public bool IsAccepted { get; set; }

    /// <summary>Whether an event of it came.</summary>
    public bool IsSeen { get; set; }

    /// <summary>Whether it is to be asked for by its request, accepted or not.</summary>
    public bool AskAgain { get; set; }

    /// <summary>What the client's tools have answered and the server has not shown yet.</summary>
    public Dictionary<string, ToolResultFrame> Answers { get; } = [];

    /// <summary>How often its request was refused.</summary>
    public int Refusals { get; set; }

    /// <summary>How often in a row something that concerns it was refused, and since when.</summary>
    public (int Count, long Since) Troubles { get; set; }

    /// <summary>How often in a row events of it stayed away.</summary>
    public int Gaps { get; set; }

    /// <summary>How often it was cancelled on this connection.</summary>
    public int Cancels { get; set; }

    /// <summary>Whether missing events are waited for.</summary>
    public bool IsGapWaited { get; set; }

    /// <summary>Whether it will be gone on with.</summary>
    public bool IsAgainDue { get; set; }

    public ITimer? GapTimer { get; set; }

    public ITimer? AgainTimer { get; set; }

    public ITimer? CancelTimer { get; set; }

    public void Dispose()
    {
        GapTimer?.Dispose();
        AgainTimer?.Dispose();
        CancelTimer?.Dispose();
    }
}
