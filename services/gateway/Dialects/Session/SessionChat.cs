using StreamChat.Contracts.Events;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.Session;

/// <summary>The session protocol on one connection: knows the answer that is under way.</summary>
internal sealed class SessionChat(SessionDialect dialect, SessionStart start) : IDialectSession
{
    private Answer? _answer;

    public IDialect Recognised => dialect;

    public Fault BinaryFault { get; } = new(FaultCodes.InvalidFrame, "Messages are JSON text; binary ones are not understood.");

    public ClientFrame Parse(ReadOnlyMemory<byte> frame) => dialect.Queries.Parse(frame, start.UserId, start.Ids);

    public void Encode(ServerEvent serverEvent, DateTimeOffset now, IFrameOutput output)
    {
        switch (serverEvent)
        {
            case RunOpened opened:
                _answer = new Answer(opened.RunId, opened.Request is SessionQuery { Verbose: true });
                break;
            case RunOutput run when run.RunId == _answer?.RunId:
                Say(_answer, run.Event, output);
                break;
            case Fault fault:
                SessionFrames.Error(fault.Message, output);
                break;
        }
    }

    public void EncodeText(in RunText text, DateTimeOffset now, IFrameOutput output)
    {
        if (text.RunId == _answer?.RunId)
        {
            Show(_answer.Text.Add(text), output);
        }
    }

    private static void Show(TextToShow shown, IFrameOutput output)
    {
        if (shown.Diverged)
        {
            SessionFrames.Clear(output);
        }

        if (shown.Text.Length > 0)
        {
            SessionFrames.Content(shown.Text, output);
        }
    }

    private void Say(Answer answer, RunEvent runEvent, IFrameOutput output)
    {
        Show(answer.Text.Add(runEvent), output);
        switch (runEvent)
        {
            case StepStarted step when answer.Verbose:
                SessionFrames.Status($"{step.StepName} is working on it", output);
                break;
            case ToolCallStart call when answer.Verbose:
                SessionFrames.Status($"Calling {call.ToolCallName}", output);
                SessionFrames.ToolUsed(call.ToolCallName, output);
                break;
            case RunFinished:
                SessionFrames.Done(output);
                _answer = null;
                break;
            case RunError error:
                SessionFrames.Error(error.Message, output);
                _answer = null;
                break;
        }
    }

    private sealed class Answer(Guid runId, bool verbose)
    {
        public Guid RunId => runId;

        public bool Verbose => verbose;

        public ShownText Text { get; } = new();
    }
}
