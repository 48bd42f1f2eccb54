using StreamChat.Contracts.Events;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.AuraWell;

/// <summary>AuraWell on one connection: the answer under way, and whose memory is used.</summary>
internal sealed class AuraWellSession(SessionStart start, AuraWellFrameParser parser) : IDialectSession
{
    private readonly AuraWellMembers _members = new(start.UserId);
    private Answer? _answer;
    private string? _conversationId;
    private long _heartbeats;

    public Fault BinaryFault => AuraWellErrors.Binary;

    public string? MemberId => _members.Active;

    public ClientFrame Parse(ReadOnlyMemory<byte> frame) => parser.Parse(frame, _members);

    public void Encode(ServerEvent serverEvent, DateTimeOffset now, IFrameOutput output)
    {
        var frames = new AuraWellFrameWriter(output, now);
        switch (serverEvent)
        {
            case Welcome welcome:
                frames.Welcome(welcome);
                break;
            case Received received when IsAcknowledged(received.Frame):
                frames.Sending();
                break;
            case RunOpened { Request: AuraWellChat chat } opened:
                Open(opened.RunId, chat, frames);
                break;
            case RunOutput run when run.RunId == _answer?.RunId:
                Tell(_answer, run.Event, frames);
                break;
            case MemberSwitched switched:
                frames.Switched(switched);
                break;
            case SessionStatus status:
                frames.Status(status, _conversationId);
                break;
            case HeartbeatDue:
                frames.Ping(_heartbeats++);
                break;
            case Fault fault:
                Refuse(fault, frames);
                break;
            case VerbatimFrame verbatim:
                FrameJson.Write(verbatim.Message, output);
                break;
        }
    }

    public void EncodeText(in RunText text, DateTimeOffset now, IFrameOutput output)
    {
        if (text.RunId == _answer?.RunId)
        {
            Show(_answer, _answer.Text.Add(text), new AuraWellFrameWriter(output, now));
        }
    }

    private static bool IsAcknowledged(ClientFrame frame) => frame is not (PongRequest or IgnoredFrame or InvalidFrame { WellFormed: false });

    private void Open(Guid runId, AuraWellChat chat, AuraWellFrameWriter frames)
    {
        _answer = new Answer(runId, chat);
        if (chat.IsHealth)
        {
            _conversationId = chat.ConversationId;
        }

        frames.Streaming(chat.IsHealth ? "AI正在生成回复..." : "正在处理...");
    }

    private void Tell(Answer answer, RunEvent runEvent, AuraWellFrameWriter frames)
    {
        if (runEvent is RunError error)
        {
            _answer = null;
            frames.Error(AuraWellErrors.ProcessingError, AuraWellErrors.Of(error, answer.Request));
            return;
        }

        Show(answer, answer.Text.Add(runEvent), frames);
        if (runEvent is RunFinished)
        {
            _answer = null;
            frames.Answered(answer.Text.Whole, answer.Request);
        }
    }

    private static void Show(Answer answer, TextToShow next, AuraWellFrameWriter frames)
    {
        if (next.Diverged)
        {
            // a client begins a new bubble at this status; what it showed before stays above, unfinished
            frames.Streaming("连接中断，AI正在重新生成回复...");
        }

        if (next.Text.Length > 0)
        {
            frames.Delta(next.Text, answer.Request.ConversationId);
        }
    }

    private void Refuse(Fault fault, AuraWellFrameWriter frames)
    {
        if (fault.RunId is { } runId && runId == _answer?.RunId)
        {
            _answer = null;
        }

        var (code, message) = AuraWellErrors.Of(fault);
        frames.Error(code, message);
    }

    private sealed record Answer(Guid RunId, AuraWellChat Request)
    {
        public ShownText Text { get; } = new();
    }
}
