using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using StreamChat.Contracts.Events;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Connections;

/// <summary>
/// What waits to be sent to one connection, bounded in bytes. Frames are encoded as they come into one buffer; the writer takes
/// the whole buffer at once. When much waits, text deltas are not encoded but merged, run by run, and encoded when they are
/// taken; a dialect may want that always. Never waits: runs ask for room first and leave out what a slow client has none for
/// (<see cref="IRunListener.HasRoom"/>); what does not fit all the same is refused, nothing more is taken from then on, and what waits
/// already is still given out, so that a client that comes back for the rest has got further each time.
/// </summary>
internal sealed class OutboundQueue(
    IDialectSession dialect, TextPacing pacing, OutboundBounds bounds, TimeProvider time, GatewayTelemetry telemetry) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly WakeUp _signal = new();
    private readonly Dictionary<Guid, PendingText> _pending = [];
    private OutboundFrames _filling = new();
    private ITimer? _gathered;
    private bool _gathering;
    private long _pendingBytes;
    private TimeSpan _spent;
    private long _oversize;
    private long _takenAt;
    private bool _isSending;
    private bool _signalled;
    private bool _closed;

    /// <summary>Adds an event.</summary>
    /// <returns>False when the limit is reached; nothing more is taken from then on.</returns>
    public bool TryAdd(ServerEvent serverEvent)
    {
        if (serverEvent is RunOutput { Event: TextMessageContent text } said)
        {
            return TryAddText(RunText.Of(said.RunId, said.Attempt, text));
        }

        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            var before = Bytes;
            if (serverEvent is RunOutput run)
            {
                // what was held back of this run comes before what it says next
                Flush(run.RunId);
            }

            dialect.Encode(serverEvent, time.GetUtcNow(), _filling);
            return Added(before);
        }
    }

    /// <summary>Adds a piece of a run's text.</summary>
    /// <returns>False when the limit is reached; nothing more is taken from then on.</returns>
    public bool TryAddText(in RunText text)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            var before = Bytes;
            if (pacing.Late || before > bounds.MergeBytes || _pending.ContainsKey(text.RunId))
            {
                var bytes = Encoding.UTF8.GetByteCount(text.Delta);
                if (!Fits(before + bytes, before))
                {
                    return false;
                }

                Merge(text, bytes);
                telemetry.Queued(Bytes - before);
                if (Pause() is var pause && pause > TimeSpan.Zero)
                {
                    TakeLater(pause);
                    return true;
                }

                Signal();
                return true;
            }

            dialect.EncodeText(text, time.GetUtcNow(), _filling);
            return Added(before);
        }
    }

    /// <summary>
    /// Whether a share of what may wait is still free. Of a client that has stopped reading it is said that there is room: the next thing
    /// is then refused, and that ends the connection.
    /// </summary>
    /// <param name="share">From 0 to 1.</param>
    public bool HasRoom(double share)
    {
        lock (_lock)
        {
            var waiting = Bytes - _oversize;
            return _closed || waiting <= share * bounds.Bytes || (waiting > bounds.StalledBytes && IsStalled);
        }
    }

    /// <summary>Takes all that waits, waiting for something if nothing does.</summary>
    /// <param name="spare">An empty set of frames to fill meanwhile.</param>
    /// <returns>The frames, or null when the queue is completed and empty.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<OutboundFrames?> TakeAsync(OutboundFrames spare)
    {
        lock (_lock)
        {
            _isSending = false;
        }

        while (true)
        {
            await _signal.WaitAsync();
            lock (_lock)
            {
                _signalled = false;
                _gathering = false;
                var before = Bytes;
                FlushAll();

                if (_filling.Count > 0)
                {
                    var taken = _filling;
                    _filling = spare;
                    _oversize = 0;
                    _isSending = true;
                    _takenAt = time.GetTimestamp();
                    if (pacing.BytesPerSecond > 0)
                    {
                        _spent = TimeSpan.FromSeconds((double)taken.Length / pacing.BytesPerSecond);
                    }

                    telemetry.Queued(-before);
                    if (_closed)
                    {
                        Signal();
                    }

                    return taken;
                }

                if (_closed)
                {
                    return null;
                }
            }
        }
    }

    /// <summary>Takes nothing more; what waits is still sent.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _closed = true;
            Signal();
        }
    }

    /// <summary>Lets go of what waits.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            Close();
            _filling.Dispose();
            _gathered?.Dispose();
        }
    }

    private long Bytes => _filling.Length + _pendingBytes;

    private bool Added(long before)
    {
        telemetry.Queued(Bytes - before);
        if (!Fits(Bytes, before))
        {
            return false;
        }

        if (Bytes > 0)
        {
            Signal();
        }

        return true;
    }

    /// <returns>False when the limit is reached. One thing that is larger than the limit by itself may pass, beside what else waits.</returns>
    private bool Fits(long bytes, long before)
    {
        var waiting = bytes - _oversize;
        if ((waiting <= bounds.Bytes && (waiting <= bounds.StalledBytes || !IsStalled)) || (_filling.Count == 1 && bytes == _filling.Length))
        {
            return true;
        }

        if (_oversize == 0 && bytes - before > bounds.StalledBytes)
        {
            _oversize = bytes - before;
            return true;
        }

        _closed = true;
        Signal();
        return false;
    }

    // a client that reads takes a burst within milliseconds; of one that does not, as little as may be is kept
    private bool IsStalled => _isSending && time.GetElapsedTime(_takenAt) > bounds.StalledAfter;

    /// <summary>How long small deltas may still wait for each other; not when much has come already.</summary>
    private TimeSpan Pause()
    {
        if (_pendingBytes > (pacing.BytesPerSecond > 0 ? bounds.StalledBytes / 2 : bounds.MergeBytes))
        {
            return TimeSpan.Zero;
        }

        var owed = _spent > TimeSpan.Zero ? _spent - time.GetElapsedTime(_takenAt) : TimeSpan.Zero;
        return owed > pacing.Gather ? owed : pacing.Gather;
    }

    /// <summary>Lets more text come before it is taken. Anything else that is added meanwhile takes it along at once.</summary>
    private void TakeLater(TimeSpan pause)
    {
        if (!_gathering && !_signalled)
        {
            _gathering = true;
            _gathered ??= time.CreateTimer(static queue => ((OutboundQueue)queue!).EndGathering(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _gathered.Change(pause, Timeout.InfiniteTimeSpan);
        }
    }

    private void EndGathering()
    {
        lock (_lock)
        {
            if (_gathering)
            {
                _gathering = false;
                Signal();
            }
        }
    }

    private void Close()
    {
        telemetry.Queued(-Bytes);
        _filling.Clear();
        _pending.Clear();
        _pendingBytes = 0;
        _gathering = false;
        _closed = true;
        Signal();
    }

    private void Signal()
    {
        if (!_signalled)
        {
            _signalled = true;
            _signal.Set();
        }
    }

    private void Merge(in RunText text, int bytes)
    {
        ref var pending = ref CollectionsMarshal.GetValueRefOrAddDefault(_pending, text.RunId, out var waits);
        if (waits && !pending.TryAdd(text))
        {
            Encode(pending);
            waits = false;
        }

        if (waits)
        {
            telemetry.Merged();
        }
        else
        {
            pending = new PendingText(text);
        }

        _pendingBytes += bytes;
    }

    private void Flush(Guid runId)
    {
        if (_pending.Remove(runId, out var pending))
        {
            Encode(pending);
        }
    }

    private void FlushAll()
    {
        foreach (var pending in _pending.Values)
        {
            Encode(pending);
        }

        _pending.Clear();
    }

    private void Encode(in PendingText pending)
    {
        var text = pending.Text;
        _pendingBytes -= Encoding.UTF8.GetByteCount(text.Delta);
        dialect.EncodeText(text, time.GetUtcNow(), _filling);
    }

    /// <summary>Neighbouring pieces of one message. Often there is only one.</summary>
    private struct PendingText(RunText first)
    {
        private StringBuilder? _more;
        private long _seq = first.Seq;

        public readonly RunText Text => _more is null ? first : first with { Seq = _seq, Delta = _more.ToString() };

        /// <returns>False when it is not more of the same.</returns>
        public bool TryAdd(in RunText next)
        {
            if (next.MessageId != first.MessageId || next.Attempt != first.Attempt)
            {
                return false;
            }

            (_more ??= new StringBuilder(first.Delta)).Append(next.Delta);
            _seq = next.Seq;
            return true;
        }
    }
}
