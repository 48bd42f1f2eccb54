using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Limits;

/// <summary>
/// The bytes of clients' requests that this process has taken and the broker has not confirmed yet, in all and by client. Counted
/// before a message is built from them. Past a limit the request is refused as <c>busy</c>, instead of waiting in memory. Requests that
/// wait for an earlier one of their own connection count apart, so that they do not keep others from publishing.
/// </summary>
internal sealed class PendingPublishes(IOptions<LimitsOptions> options, GatewayTelemetry telemetry)
{
    /// <summary>What a message costs beside its content: envelope, headers and the bookkeeping of the client library.</summary>
    internal const int Overhead = 1024;

    /// <summary>What a question counts whose answer may be large, such as a page of a thread.</summary>
    internal const int LargeAnswer = 64 * 1024;

    // a request of this size is let in for a client that has nothing else waiting, up to twice the process's limit: large requests of
    // others do not get small ones refused
    private const int Small = 16 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _byClient = new(StringComparer.Ordinal);
    private long _total;
    private long _queued;

    /// <summary>How much waits now, in bytes; for tests.</summary>
    public long Total
    {
        get
        {
            lock (_lock)
            {
                return _total;
            }
        }
    }

    /// <summary>Takes on a request.</summary>
    /// <param name="client">Whose it is: a user, or a connection without a name.</param>
    /// <param name="bytes">Its size as the client sent it.</param>
    /// <param name="share">To be disposed when nothing of it waits for the broker any more.</param>
    /// <returns>False when too much waits already; counted in <c>streamchat.limits.reached</c>.</returns>
    public bool TryTake(string client, int bytes, [NotNullWhen(true)] out Share? share)
    {
        var limits = options.Value;
        var size = bytes + Overhead;
        string met;
        lock (_lock)
        {
            var held = _byClient.GetValueOrDefault(client);
            var fits = _total == 0
                || _total + size <= limits.PublishBytes
                || (held == 0 && size <= Small && _total + size <= 2L * limits.PublishBytes);

            // one of any size, however large frames may be
            var own = held == 0 || held + size <= limits.PublishBytesPerUser;
            if (fits && own)
            {
                _byClient[client] = held + size;
                _total += size;
                telemetry.Publishing(size);
                share = new Share(this, client, size);
                return true;
            }

            met = own ? "publish_bytes" : "publish_bytes_per_user";
        }

        telemetry.LimitReached(met);
        share = null;
        return false;
    }

    private bool TryQueue(Share share)
    {
        lock (_lock)
        {
            if (_queued + share.Size > options.Value.PublishBytes)
            {
                telemetry.LimitReached("publish_bytes");
                return false;
            }

            share.IsQueued = true;
            _queued += share.Size;
            _total -= share.Size;
        }

        telemetry.Publishing(-share.Size);
        return true;
    }

    private void Resume(Share share)
    {
        lock (_lock)
        {
            if (!share.IsQueued)
            {
                return;
            }

            share.IsQueued = false;
            _queued -= share.Size;
            _total += share.Size;
        }

        telemetry.Publishing(share.Size);
    }

    private void Give(string client, Share share)
    {
        var size = share.Size;
        bool queued;
        lock (_lock)
        {
            queued = share.IsQueued;
            share.IsQueued = false;
            if (queued)
            {
                _queued -= size;
            }
            else
            {
                _total -= size;
            }

            if (_byClient[client] - size is > 0 and var left)
            {
                _byClient[client] = left;
            }
            else
            {
                _byClient.Remove(client);
            }
        }

        if (!queued)
        {
            telemetry.Publishing(-size);
        }
    }

    /// <summary>One request's bytes.</summary>
    internal sealed class Share(PendingPublishes owner, string client, int size) : IDisposable
    {
        private int _disposed;

        internal int Size => size;

        /// <summary>Whether it waits for an earlier request of its connection; guarded by the owner's lock.</summary>
        internal bool IsQueued { get; set; }

        /// <summary>The request waits for an earlier one of its connection: counts it apart from what waits for the broker.</summary>
        /// <returns>False when too much waits so already, as much as may wait for the broker; counted in <c>streamchat.limits.reached</c>.</returns>
        public bool TryQueue() => owner.TryQueue(this);

        /// <summary>The wait is over: counts it among what waits for the broker again, even past the limit.</summary>
        public void Resume() => owner.Resume(this);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                owner.Give(client, this);
            }
        }
    }
}
