using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;

namespace StreamChat.Gateway.Runs;

/// <summary>Takes a batch apart and hands each event to the connections that see its run. Never waits for a client.</summary>
internal sealed partial class RunEventDispatcher(
    RunRegistry registry, RunStarter runs, InstanceSender sender, GatewayIdentity identity, TimeProvider time, GatewayTelemetry telemetry,
    ILogger<RunEventDispatcher> logger)
{
    public void Dispatch(RunEventBatch batch)
    {
        foreach (var slice in batch.Slices)
        {
            if (registry.Find(slice.RunId) is not { } run)
            {
                telemetry.Unrouted(slice.Events.Count);
                continue;
            }

            run.WorkerId = batch.WorkerId;
            run.Accept();
            foreach (var runEvent in slice.Events)
            {
                Deliver(run, slice.Attempt, runEvent);
            }
        }
    }

    private void Deliver(GatewayRun run, int attempt, RunEvent runEvent)
    {
        var delivery = run.Deliver(attempt, runEvent);
        for (var i = 0; i < delivery.Duplicates; i++)
        {
            telemetry.Duplicate();
        }

        if (delivery.FirstText)
        {
            var after = time.GetElapsedTime(run.RequestedAt);
            telemetry.FirstToken(after);
            run.Activity?.AddEvent(new System.Diagnostics.ActivityEvent("first token", time.GetUtcNow()));
        }

        if (delivery.Gap is { } gap)
        {
            telemetry.Gap();
            LogGap(run.RunId, gap.AfterSeq, runEvent.Seq);
            _ = ReplayAsync(run, gap.Attempt, gap.AfterSeq);
        }

        if (delivery.Ended)
        {
            runs.End(run, runEvent is RunError error ? error.Code : "finished");
        }
    }

    private async Task ReplayAsync(GatewayRun run, int attempt, long afterSeq)
    {
        try
        {
            await sender.SendAsync(
                BusNames.Instance(BusNames.AgentWorker, run.WorkerId!),
                new AttachRun { RunId = run.RunId, UserId = run.UserId, GatewayId = identity.GatewayId, Attempt = attempt, AfterSeq = afterSeq },
                CancellationToken.None);
        }
        catch (Exception e)
        {
            LogReplayFailed(run.RunId, e);
        }
    }

    [LoggerMessage(1201, LogLevel.Warning, "Run {RunId} has a gap after event {AfterSeq}, before {Seq}; asking for a replay.")]
    private partial void LogGap(Guid runId, long afterSeq, long seq);

    [LoggerMessage(1202, LogLevel.Error, "The replay of run {RunId} could not be asked for.")]
    private partial void LogReplayFailed(Guid runId, Exception exception);
}
