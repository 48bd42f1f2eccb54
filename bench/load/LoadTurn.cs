using System.Text;

namespace StreamChat.Load;

/// <summary>One run as its user sees it: checks all that comes and keeps every time.</summary>
internal sealed class LoadTurn
{
    private readonly TimeProvider _time;
    private readonly byte[] _runIdUtf8;

    public LoadTurn(int tokens, TimeProvider time)
    {
        _time = time;
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

    public int Malformed { get; private set; }

    /// <summary>Why the run did not end well; null when it did.</summary>
    public string? Failure { get; set; }

    /// <summary>When the request went out, a timestamp.</summary>
    public long SentAt { get; set; }

    /// <summary>Takes a frame.</summary>
    /// <returns>True when it ends the run.</returns>
    public bool Take(ReadOnlySpan<byte> utf8)
    {
        Frames++;
        var frame = Frame.Read(utf8, _runIdUtf8);
        switch (frame.Kind)
        {
            case FrameKind.Content:
                AddTokens(frame.Delta);
                return false;
            case FrameKind.Failed:
                Failure = frame.Code.IsEmpty ? "error" : Encoding.UTF8.GetString(frame.Code);
                return true;
            default:
                return frame.Kind == FrameKind.Finished;
        }
    }

    private void AddTokens(ReadOnlySpan<byte> delta)
    {
        var received = _time.GetTimestamp();
        var receivedMicroseconds = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var tokens = new TokenReader(delta);
        while (tokens.Read())
        {
            if (!Sequence.Add(tokens.Index))
            {
                continue;
            }

            Delays.Add(receivedMicroseconds - tokens.EmittedMicroseconds);
            if (Tokens is null)
            {
                TimeToFirstToken.Add((long)_time.GetElapsedTime(SentAt, received).TotalMicroseconds);
            }

            Tokens = (Tokens?.First ?? received, received);
        }

        Malformed += tokens.IsMalformed ? 1 : 0;
    }
}
