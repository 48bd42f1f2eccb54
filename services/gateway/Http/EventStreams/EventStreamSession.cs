using System.Buffers;
using System.Text;
using StreamChat.Contracts.Events;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Session;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Http.EventStreams;

/// <summary>The frames of the session protocol as server-sent events, each with the position to come back to.</summary>
/// <param name="newSession">Writes the frames.</param>
/// <param name="cutOff">Where the client's last stream was cut off; null when this is the first.</param>
internal sealed class EventStreamSession(Func<IDialectSession> newSession, EventStreamPosition? cutOff) : IDialectSession, IDisposable
{
    private readonly OutboundFrames _frames = new();
    private IDialectSession _session = newSession();
    private RunOpened? _opened;

    // part of what the client shows came in an earlier stream, and cannot be compared with what a new attempt says
    private bool _shownBefore = cutOff is { Seq: > 0 };

    public Fault BinaryFault => _session.BinaryFault;

    public ClientFrame Parse(ReadOnlyMemory<byte> frame) => _session.Parse(frame);

    public void Encode(ServerEvent serverEvent, DateTimeOffset now, IFrameOutput output)
    {
        switch (serverEvent)
        {
            case HeartbeatDue:
                output.Write(":\n\n"u8);
                output.EndFrame();
                return;
            case Accepted accepted when cutOff is null:
                // no event for the page, but from here on its browser knows what to come back for
                WriteId(new EventStreamPosition(accepted.RunId, 1, 0), output);
                output.Write("\n"u8);
                output.EndFrame();
                return;
        }

        _opened = serverEvent as RunOpened ?? _opened;
        if (serverEvent is RunOutput run)
        {
            Compare(run.Attempt, now);
        }

        _session.Encode(serverEvent, now, _frames);
        Write(PositionOf(serverEvent), output);
        _frames.Clear();
    }

    public void EncodeText(in RunText text, DateTimeOffset now, IFrameOutput output)
    {
        Compare(text.Attempt, now);
        _session.EncodeText(text, now, _frames);
        Write(new EventStreamPosition(text.RunId, text.Attempt, text.Seq), output);
        _frames.Clear();
    }

    public void Dispose() => _frames.Dispose();

    private void Compare(int attempt, DateTimeOffset now)
    {
        if (_shownBefore && attempt != cutOff!.Value.Attempt)
        {
            _shownBefore = false;
            SessionFrames.Clear(_frames);
            _session = newSession();
            _session.Encode(_opened!, now, _frames);
        }
    }

    private void Write(EventStreamPosition? position, IFrameOutput output)
    {
        for (var i = 0; i < _frames.Count; i++)
        {
            if (position is not null && i == _frames.Count - 1)
            {
                WriteId(position.Value, output);
            }

            output.Write("data: "u8);
            output.Write(_frames[i].Span);
            output.Write("\n\n"u8);
            output.EndFrame();
        }
    }

    private EventStreamPosition? PositionOf(ServerEvent serverEvent) => serverEvent switch
    {
        RunOutput run => new EventStreamPosition(run.RunId, run.Attempt, run.Event.Seq, Ended: run.Event is RunFinished or RunError),

        // asking anew would start another run, but going on with this one may be tried again
        Fault { Retryable: true } when cutOff is not null => null,
        Fault => EventStreamPosition.Refused,
        _ => null,
    };

    private static void WriteId(EventStreamPosition position, IFrameOutput output)
    {
        output.Write("id: "u8);
        Encoding.UTF8.GetBytes(position.ToString(), output);
        output.Write("\n"u8);
    }
}
