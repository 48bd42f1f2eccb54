namespace StreamChat.Load;

/// <summary>Holds a reader to a number of bytes a second.</summary>
internal sealed class ReadingPace(int bytesPerSecond, TimeProvider time)
{
    /// <summary>The most to read at once: without it, one read would take what was to last for minutes.</summary>
    public const int Piece = 512;

    private readonly long _started = time.GetTimestamp();
    private long _read;

    /// <summary>Notes what was read.</summary>
    public void Add(int bytes) => _read += bytes;

    /// <summary>Waits until more may be read.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        var due = TimeSpan.FromSeconds((double)_read / bytesPerSecond) - time.GetElapsedTime(_started);
        if (due > TimeSpan.Zero)
        {
            await Task.Delay(due, time, cancellationToken);
        }
    }
}
