namespace StreamChat.AgentWorker.Runs.Execution;

/// <summary>What became of a request, as metrics say it, beside the ends that a run has: finished, cancelled, failed.</summary>
internal static class Outcomes
{
    /// <summary>It never came so far.</summary>
    public const string NotRun = "not_run";

    /// <summary>Refused before the model was asked.</summary>
    public const string Refused = "refused";

    /// <summary>The run is another worker's, which was told of the request.</summary>
    public const string Forwarded = "forwarded";

    /// <summary>The run had ended; who asked was told how.</summary>
    public const string ToldEnd = "told_end";

    /// <summary>Its end is another worker's to say.</summary>
    public const string TakenOver = "taken_over";

    /// <summary>This worker stopped; the broker has it again.</summary>
    public const string GivenBack = "given_back";

    /// <summary>Given up, since worker after worker was lost with it.</summary>
    public const string Poisoned = "poisoned";

    /// <summary>It failed, by a fault of ours.</summary>
    public const string Failed = "failed";

    /// <summary>Whether the run has ended with it; else it went elsewhere, or never began.</summary>
    public static bool IsEnd(string outcome) => outcome is not (NotRun or Forwarded or TakenOver or GivenBack);
}
