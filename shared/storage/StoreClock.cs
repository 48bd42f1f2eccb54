namespace StreamChat.Storage;

/// <summary>
/// The clock of leases and of what is stored, the same for all processes of a cluster: the database's, told now and then, and carried on in
/// between by the time that passes here. So a machine whose own clock jumps, or is wrong, neither outlives its leases nor ends those of others.
/// Where the database is a file, the machine's clock is the one that all have.
/// </summary>
internal sealed class StoreClock(TimeProvider time)
{
    private Reading? _reading;

    /// <summary>Unix milliseconds.</summary>
    public long Now => Volatile.Read(ref _reading) is { } reading
        ? reading.Told + (long)time.GetElapsedTime(reading.At).TotalMilliseconds
        : time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The database has told its time.</summary>
    /// <param name="told">Unix milliseconds.</param>
    public void Set(long told) => Volatile.Write(ref _reading, new Reading(told, time.GetTimestamp()));

    private sealed record Reading(long Told, long At);
}
