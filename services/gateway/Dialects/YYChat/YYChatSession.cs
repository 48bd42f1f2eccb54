using StreamChat.Contracts.Events;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.YYChat;

/// <summary>YYChat on one connection: knows who the client is, whether it was greeted, and the answer that is under way.</summary>
internal sealed class YYChatSession(YYChatDialect dialect, YYChatFrameParser parser, int maxConnections, SessionStart start) : IDialectSession
{
    private readonly YYChatFrameWriter _frames = new(start.Ids.NewUuid().ToString(), maxConnections);
    private Answer? _answer;

    public IDialect Recognised => dialect;

    public Fault BinaryFault => YYChatFault.Binary;

    /// <summary>Whether the client has been told that it is connected.</summary>
    public bool Greeted { get; private set; }

    public ClientFrame Parse(ReadOnlyMemory<byte> frame) => parser.Parse(frame, start.UserId, _frames.ClientId);

    public void Encode(ServerEvent serverEvent, DateTimeOffset now, IFrameOutput output)
    {
        switch (serverEvent)
        {
            case StillQuiet or Received when !Greeted:
                Greeted = true;
                _frames.Greeting(now, output);
                break;
            case HeartbeatAnswered:
                _frames.Plain("heartbeat_response"u8, now, output);
                break;
            case Pong:
                _frames.Plain("pong"u8, now, output);
                break;
            case StatusAnswered status:
                _frames.Status(status.Numbers, now, output);
                break;
            case RunOpened opened:
                Open(opened, now, output);
                break;
            case RunOutput run when run.RunId == _answer?.RunId:
                Say(_answer, run.Event, now, output);
                break;
            case Fault fault:
                _frames.Error(Describe(fault), now, output);
                break;
            case IdleClose:
                _frames.Goodbye(now, output);
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
            Show(_answer, _answer.Text.Add(text), now, output);
        }
    }

    /// <summary>An error in this protocol's form and, as <c>message</c>, in that of another.</summary>
    public void EncodeFault(Fault fault, string message, DateTimeOffset now, IFrameOutput output) => _frames.Error(Describe(fault), now, output, message);

    private void Open(RunOpened opened, DateTimeOffset now, IFrameOutput output)
    {
        _answer = new Answer(opened.RunId, opened.Request as TextMessageRequest);
        _frames.Plain("processing_start"u8, now, output);
        if (_answer.Stream)
        {
            _frames.Plain("stream_start"u8, now, output);
        }
    }

    private void Say(Answer answer, RunEvent runEvent, DateTimeOffset now, IFrameOutput output)
    {
        Show(answer, answer.Text.Add(runEvent), now, output);
        switch (runEvent)
        {
            case RunFinished when answer.Stream:
                _frames.Chunk("", now, output);
                _frames.StreamEnd(answer.Text.Whole, now, output);
                _answer = null;
                break;
            case RunFinished:
                _frames.Whole(answer.Text.Whole, answer.ConversationId, now, output);
                _answer = null;
                break;
            case RunError error:
                _frames.Error(YYChatFault.Text(Failed(answer.Stream, error.Message)), now, output);
                _answer = null;
                break;
        }
    }

    private void Show(Answer answer, TextToShow shown, DateTimeOffset now, IFrameOutput output)
    {
        if (!answer.Stream)
        {
            return;
        }

        if (shown.Diverged)
        {
            // there is no word for dropping text; a stream that starts again is shown from its start
            _frames.Plain("stream_start"u8, now, output);
        }

        if (shown.Text.Length > 0)
        {
            _frames.Chunk(shown.Text, now, output);
        }
    }

    // what the pipeline says of itself has no words of this protocol yet
    private static YYChatFault Describe(Fault fault) => fault switch
    {
        YYChatFault known => known,
        { Code: FaultCodes.TooManyRequests } => Limited(fault, "Too many requests"),
        { Code: FaultCodes.RateLimited } => Limited(fault, fault.Message),
        { Request: TextMessageRequest text } => YYChatFault.Text(Failed(text.Stream, fault.Message), fault.Code),
        _ => new YYChatFault(fault.Code, fault.Message, YYChatErrorKind.Processing, YYChatStamp.TimeAndClient),
    };

    private static YYChatFault Limited(Fault fault, string message) =>
        new(fault.Code, message, YYChatErrorKind.TooManyRequests, YYChatStamp.TimeAndClient);

    private static string Failed(bool stream, string message) => $"{(stream ? "Streaming" : "Non-streaming")} response failed: {message}";

    private sealed class Answer(Guid runId, TextMessageRequest? request)
    {
        public Guid RunId => runId;

        public bool Stream => request?.Stream ?? true;

        public string? ConversationId => request?.ConversationId;

        public ShownText Text { get; } = new();
    }
}
