using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.Gateway.Runs;

/// <summary>Takes a batch apart and hands each event to the connections that see its run. Never waits for a client.</summary>
internal sealed partial class RunEventDispatcher(
    RunRegistry registry, RunStarter runs, SlowViewers slow, RunRecovery recovery, InstanceSender sender, GatewayIdentity identity, TimeProvider time, GatewayTelemetry telemetry,
    ILogger<RunEventDispatcher> logger)
{
    /// <exception cref="BatchFormatException">It is no batch from some place on; what stood before that was delivered.</exception>
    public void Dispatch(PackedBatch batch)
    {
        var reader = batch.Read();
        while (reader.NextSlice())
        {
            if (registry.Find(reader.RunId) is not { } run)
            {
                telemetry.Unrouted(Count(ref reader));
                continue;
            }

            run.WorkerId = reader.WorkerId;
            run.HeardAt = time.GetTimestamp();
            run.Accept();
            while (reader.NextEvent())
            {
                if (reader.IsText)
                {
                    Deliver(run, new RunText(run.RunId, reader.Attempt, reader.FirstSeq, reader.Seq, run.MessageOf(reader), reader.Delta()));
                }
                else
                {
                    Deliver(run, reader.Attempt, reader.Event());
                }
            }
        }
    }

    private static int Count(ref BatchReader slice)
    {
        var events = 0;
        while (slice.NextEvent())
        {
            events++;
        }

        return events;
    }

    private void Deliver(GatewayRun run, in RunText text) => Note(run, run.Deliver(text), text.Seq);

    private void Deliver(GatewayRun run, int attempt, RunEvent runEvent)
    {
        var delivery = run.Deliver(attempt, runEvent);
        Note(run, delivery, runEvent.Seq);
        if (delivery.Ended)
        {
            runs.End(run, runEvent is RunError error ? error.Code : "finished");
        }
    }

    private void Note(GatewayRun run, in GatewayRun.Delivery delivery, long seq)
    {
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

        if (delivery.Held)
        {
            telemetry.Held();
            slow.Add(run);
        }

        if (delivery.Gap is { } gap)
        {
            telemetry.Gap();
            LogGap(run.RunId, gap.AfterSeq, seq);
            Replay(run, gap.Attempt, gap.AfterSeq);
        }
    }

    /// <summary>Asks for what follows a position.</summary>
    public void Replay(GatewayRun run, int attempt, long afterSeq) => _ = ReplayAsync(run, attempt, afterSeq);

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
            recovery.Recover(run);
        }
    }

    [LoggerMessage(1201, LogLevel.Warning, "Run {RunId} has a gap after event {AfterSeq}, before {Seq}; asking for a replay.")]
    private partial void LogGap(Guid runId, long afterSeq, long seq);

    [LoggerMessage(1202, LogLevel.Warning, "The replay of run {RunId} could not be asked for; trying again.")]
    private partial void LogReplayFailed(Guid runId, Exception exception);
}
