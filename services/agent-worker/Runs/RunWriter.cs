using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Runs;

/// <summary>
/// Says what a run does: appends it to the log, which feeds the relay, and text to the transcript. Waits when those who read are
/// far behind. Once the run is to stop, nothing more is said: no token follows a cancel.
/// </summary>
internal sealed class RunWriter(RunLog log, RunTranscript transcript, CancellationToken stopping)
{
    public async ValueTask AppendAsync(Func<long, RunEvent> make)
    {
        await log.WaitForRoomAsync(stopping);
        stopping.ThrowIfCancellationRequested();
        log.Append(make);
    }

    /// <summary>Says something that may as well be left out: when those who read are far behind, or the run is to stop, it is.</summary>
    public void AppendIfRoom(Func<long, RunEvent> make)
    {
        if (log.HasRoom && !stopping.IsCancellationRequested)
        {
            log.Append(make);
        }
    }

    public ValueTask BeginTextAsync(string messageId)
    {
        transcript.BeginText(messageId);
        return AppendAsync(seq => new TextMessageStart { Seq = seq, MessageId = messageId, Role = "assistant" });
    }

    public ValueTask TextAsync(string messageId, string delta)
    {
        var room = log.WaitForRoomAsync(stopping);
        if (!room.IsCompletedSuccessfully)
        {
            return WaitAsync(room, messageId, delta);
        }

        AppendText(messageId, delta);
        return ValueTask.CompletedTask;
    }

    public ValueTask EndTextAsync(string messageId) => AppendAsync(seq => new TextMessageEnd { Seq = seq, MessageId = messageId });

    public ValueTask BeginReasoningAsync(string messageId) =>
        AppendAsync(seq => new ReasoningMessageStart { Seq = seq, MessageId = messageId, Role = "reasoning" });

    public async ValueTask ReasoningAsync(string messageId, string delta)
    {
        await log.WaitForRoomAsync(stopping);
        stopping.ThrowIfCancellationRequested();
        log.AppendReasoning(messageId, delta);
    }

    public ValueTask EndReasoningAsync(string messageId) => AppendAsync(seq => new ReasoningMessageEnd { Seq = seq, MessageId = messageId });

    private async ValueTask WaitAsync(ValueTask room, string messageId, string delta)
    {
        await room;
        AppendText(messageId, delta);
    }

    private void AppendText(string messageId, string delta)
    {
        stopping.ThrowIfCancellationRequested();
        log.AppendText(messageId, delta);
        transcript.AppendText(delta);
    }
}
