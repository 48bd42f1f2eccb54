namespace StreamChat.Storage;

/// <summary>
/// The database cannot be had now: not there yet, gone, too slow, or it refused. The only exception of the store besides
/// cancellation by the caller. What was asked may have been done all the same when it comes from a write.
/// </summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The database is there and takes other things, but not this: it will not take it later either.</summary>
    public bool IsRejected { get; init; }
}
