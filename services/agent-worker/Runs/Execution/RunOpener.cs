using System.Diagnostics;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;

namespace StreamChat.AgentWorker.Runs.Execution;

/// <summary>Begins runs for those who see them.</summary>
internal sealed class RunOpener(RunTable table, RunAnnouncer announcer, WorkerIdentity identity, IOptions<RunOptions> limits, IOptions<RunLogOptions> logLimits)
{
    /// <summary>Begins, and tells all gateways, unless it has begun when it had to wait.</summary>
    public RunLog OpenOnce(ActiveRun run, StartRun request, int attempt)
    {
        if (run.Log is { } begun)
        {
            return begun;
        }

        var log = Open(run, request, attempt);
        announcer.Announce(new RunAnnounced
        {
            RunId = request.RunId,
            Attempt = attempt,
            ThreadId = request.ThreadId,
            UserId = request.UserId,
            RoomId = request.RoomId,
            GatewayId = request.GatewayId,
            WorkerId = identity.WorkerId,
        });
        return log;
    }

    /// <summary>Begins for who asked.</summary>
    public RunLog Open(ActiveRun run, StartRun request, int attempt)
    {
        var log = new RunLog(request.RunId, attempt, logLimits.Value.MaxChars, limits.Value.MaxUnreadChars);
        run.Log = log;
        log.Append(seq => new RunStarted
        {
            Seq = seq,
            ThreadId = request.ThreadId,
            TraceId = Activity.Current?.TraceId.ToHexString(),
            KeepMessages = attempt > 1 ? 0 : null,
        });
        table.Attach(log, request.GatewayId, 0);
        return log;
    }
}
