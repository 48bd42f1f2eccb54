using System.Text;
using StreamChat.Client;
using StreamChat.Load.Dialects;
using StreamChat.Load.Links;

namespace StreamChat.Load;

/// <summary>One run as its user sees it: checks all that comes and keeps every time.</summary>
internal sealed class LoadTurn
{
    private readonly ILoadDialect _dialect;
    private readonly TimeProvider _time;
    private readonly byte[] _runIdUtf8;
    private readonly int _tokens;
    private int _shown;
    private int _measured;
    private string _begun = "";

    public LoadTurn(ILoadDialect dialect, int tokens, TimeProvider time, int cancelAfter = 0)
    {
        Cancelling = cancelAfter > 0 ? new Cancelling(cancelAfter, time) : null;
        _dialect = dialect;
        _time = time;
        _tokens = tokens;
        RunId = Guid.CreateVersion7(time.GetUtcNow()).ToString();
        _runIdUtf8 = Encoding.ASCII.GetBytes(RunId);
        Sequence = new(tokens);
        Delays = new(tokens);
    }

    public string RunId { get; }

    public SequenceCheck Sequence { get; }

    /// <summary>From the emission of each token to its receipt.</summary>
    public Recorder Delays { get; }

    /// <summary>From the request to the first token; empty when none came.</summary>
    public Recorder TimeToFirstToken { get; } = new(1);

    /// <summary>Timestamps of the first and the last token; null when none came.</summary>
    public (long First, long Last)? Tokens { get; private set; }

    /// <summary>Frames since the request.</summary>
    public long Frames { get; private set; }

    /// <summary>Their payload; 0 where a client keeps it to itself.</summary>
    public long Bytes { get; private set; }

    /// <summary>How it is stopped; null when it is not.</summary>
    public Cancelling? Cancelling { get; }

    /// <summary>Tokens that did not come though the run was not stopped.</summary>
    public int Lost => Cancelling is { IsDone: true } ? 0 : Sequence.Lost;

    /// <summary>Texts that are no tokens, and whole answers that are not what was shown.</summary>
    public int Malformed { get; private set; }

    /// <summary>The place in the run up to which all was seen; 0 where the dialect has no such thing.</summary>
    public long LastSeq { get; private set; }

    /// <summary>Why the run did not end well; null when it did.</summary>
    public string? Failure { get; set; }

    /// <summary>When the request went out, a timestamp.</summary>
    public long SentAt { get; set; }

    /// <summary>Takes the frames of a socket until the run has ended.</summary>
    /// <returns>False when the server has closed before.</returns>
    public async Task<bool> FollowAsync(LoadSocket socket, CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = await socket.ReceiveAsync(cancellationToken);
            if (length < 0)
            {
                return false;
            }

            if (Take(socket.Frame(length)))
            {
                return true;
            }

            if (Cancelling?.IsDue(Sequence.Received) == true)
            {
                await socket.SendAsync(json => NativeDialect.WriteCancel(json, RunId), cancellationToken);
            }
        }
    }

    /// <summary>Takes a frame.</summary>
    /// <returns>True when it ends the run.</returns>
    public bool Take(ReadOnlySpan<byte> utf8)
    {
        Frames++;
        Bytes += utf8.Length;
        var frame = _dialect.Read(utf8, _runIdUtf8);
        LastSeq = Math.Max(LastSeq, frame.Seq);
        switch (frame.Kind)
        {
            case FrameKind.Content:
                Show(frame);
                return false;
            case FrameKind.Finished:
                Show(frame);
                if (frame.Form != TextForm.Delta)
                {
                    Compare(frame.Text);
                }

                return true;
            case FrameKind.Failed when Cancelling is not null && frame.Code.SequenceEqual("cancelled"u8):
                Cancelling.Done();
                return true;
            case FrameKind.Failed:
                Failure = frame.Code.IsEmpty ? "error" : Encoding.UTF8.GetString(frame.Code);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Takes an event of a client, which has put in order what it got.</summary>
    public void Take(RunEvent e)
    {
        Frames++;
        switch (e)
        {
            case TextMessageContent content:
                GoOn(content.Delta);
                break;
            case TextReplaced replaced:
                Sequence.Restart();
                _begun = "";
                GoOn(replaced.Text);
                break;
            case RunFinished when _begun.Length > 0:
                Malformed++;
                break;
            case RunError { Code: "cancelled" } when Cancelling is not null:
                Cancelling.Done();
                break;
        }
    }

    /// <summary>A new attempt begins without the blank at the end of what was said, and goes on with it: its token ends in the next piece.</summary>
    private void GoOn(string piece)
    {
        var text = _begun + piece;
        var end = text.LastIndexOf(' ') + 1;
        _begun = text[end..];
        AddTokens(Encoding.UTF8.GetBytes(text[..end]));
    }

    private void Show(in LoadFrame frame)
    {
        var text = frame.Text;
        switch (frame.Form)
        {
            case TextForm.Repeat:
                return;
            case TextForm.Snapshot when text.Length < _shown:
                Malformed++;
                return;
            case TextForm.Snapshot:
                text = text[_shown..];
                break;
        }

        _shown += text.Length;
        if (!text.IsEmpty)
        {
            AddTokens(text);
        }
    }

    /// <summary>The end may hold the whole answer: it has to be what was shown, from the first token to the last.</summary>
    private void Compare(ReadOnlySpan<byte> whole)
    {
        var tokens = new TokenReader(whole);
        var read = 0;
        while (tokens.Read() && tokens.Index == read + 1)
        {
            read++;
        }

        Malformed += whole.Length == _shown && read == _tokens ? 0 : 1;
    }

    private void AddTokens(ReadOnlySpan<byte> text)
    {
        var received = _time.GetTimestamp();
        var receivedMicroseconds = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var tokens = new TokenReader(text);
        while (tokens.Read())
        {
            // what a new attempt says again has been measured
            if (!Sequence.Add(tokens.Index) || tokens.Index <= _measured)
            {
                continue;
            }

            _measured = tokens.Index;

            Delays.Add(receivedMicroseconds - tokens.EmittedMicroseconds);
            Cancelling?.Emitted(tokens.EmittedMicroseconds);
            if (Tokens is null)
            {
                TimeToFirstToken.Add((long)_time.GetElapsedTime(SentAt, received).TotalMicroseconds);
            }

            Tokens = (Tokens?.First ?? received, received);
        }

        Malformed += tokens.IsMalformed ? 1 : 0;
    }
}
