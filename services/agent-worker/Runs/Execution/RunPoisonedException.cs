namespace StreamChat.AgentWorker.Runs.Execution;

/// <summary>Worker after worker was lost with a run. It has ended as failed; thrown so that the bus keeps its request in the error queue.</summary>
internal sealed class RunPoisonedException(Guid runId) : Exception($"Run {runId} was given up, since worker after worker was lost with it.");
