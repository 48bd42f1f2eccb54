using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;

namespace StreamChat.AgentWorker.Runs;

/// <summary>A run of which only the store still knows, told as a log: that it began, what it added to the thread, how it ended.</summary>
internal static class EndedRun
{
    public static RunLog Log(RunRecord record, int attempt, IReadOnlyList<StoredMessage> said, string? traceId)
    {
        var log = new RunLog(record.RunId, attempt, long.MaxValue, long.MaxValue);
        log.Append(seq => new RunStarted { Seq = seq, ThreadId = record.ThreadId, TraceId = traceId, KeepMessages = attempt > 1 ? 0 : null });
        log.Append(seq => new MessagesSnapshot
        {
            Seq = seq,
            Messages = said.Select(m => new InputMessage { Id = m.MessageId, Role = m.Role, Content = m.Content }).ToList(),
        });
        log.Append(
            seq => record.Outcome == RunOutcome.Finished
                ? new RunFinished { Seq = seq, ThreadId = record.ThreadId }
                : new RunError
                {
                    Seq = seq,
                    Code = record.ErrorCode ?? RunErrorCodes.Internal,
                    Message = record.ErrorMessage ?? "The run failed.",
                },
            last: true);
        return log;
    }
}
