namespace StreamChat.Gateway.Requests;

/// <summary>What a connection has shown of its client: when it last said anything, asked anything, and answered a ping.</summary>
internal sealed class Liveness(TimeProvider time)
{
    private const long Never = long.MinValue;

    private long _frameAt = time.GetTimestamp();
    private long _activeAt = time.GetTimestamp();
    private long _pongAt = Never;
    private long _heartbeatAt = time.GetTimestamp();

    /// <summary>How long since the last frame of any kind.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref _frameAt));

    /// <summary>How long since the last request that wanted work, or answer to a ping.</summary>
    public TimeSpan Inactivity => time.GetElapsedTime(Volatile.Read(ref _activeAt));

    /// <summary>How long since the last answer to a ping; null when there has been none ever.</summary>
    public TimeSpan? SincePong => Volatile.Read(ref _pongAt) is var at && at == Never ? null : time.GetElapsedTime(at);

    public void FrameRead() => Volatile.Write(ref _frameAt, time.GetTimestamp());

    public void TurnAsked() => Volatile.Write(ref _activeAt, time.GetTimestamp());

    /// <summary>True once each time that a ping frame is due. Asked by one thread.</summary>
    public bool IsHeartbeatDue(TimeSpan every)
    {
        if (time.GetElapsedTime(_heartbeatAt) < every)
        {
            return false;
        }

        _heartbeatAt = time.GetTimestamp();
        return true;
    }

    public void Ponged()
    {
        var now = time.GetTimestamp();
        Volatile.Write(ref _pongAt, now);
        Volatile.Write(ref _activeAt, now);
    }
}
