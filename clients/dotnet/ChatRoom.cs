using System.Threading.Channels;
using StreamChat.Client.Rooms;

namespace StreamChat.Client;

/// <summary>A thread or room that this client has joined: a stream of the runs that others ask for in it.</summary>
public sealed class ChatRoom : IAsyncEnumerable<ChatRun>
{
    private readonly IRoomOwner _owner;
    private readonly Channel<ChatRun> _runs;
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _dropped;

    internal ChatRoom(IRoomOwner owner, string threadId, int mostRuns)
    {
        (_owner, ThreadId) = (owner, threadId);

        // nobody looks: the oldest are forgotten, and counted
        _runs = Channel.CreateBounded<ChatRun>(
            new BoundedChannelOptions(mostRuns) { FullMode = BoundedChannelFullMode.DropOldest },
            _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>The thread.</summary>
    public string ThreadId { get; }

    /// <summary>The server has let us in; fails when it does not.</summary>
    public Task Joined => _joined.Task;

    /// <summary>Runs that were forgotten because nobody took them.</summary>
    public int Dropped => Volatile.Read(ref _dropped);

    internal bool IsJoined { get; set; }

    internal bool WasIn { get; set; }

    internal int Failures { get; set; }

    internal ITimer? AgainTimer { get; set; }

    /// <summary>Leaves; the stream ends.</summary>
    public void Leave() => _owner.Leave(this);

    /// <inheritdoc/>
    public IAsyncEnumerator<ChatRun> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        _runs.Reader.ReadAllAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);

    internal void Enter()
    {
        (IsJoined, WasIn, Failures) = (true, true, 0);
        _joined.TrySetResult();
    }

    internal void Push(ChatRun run) => _runs.Writer.TryWrite(run);

    internal void End(StreamChatException? error)
    {
        AgainTimer?.Dispose();
        _runs.Writer.TryComplete(error);
        if (error is null)
        {
            _joined.TrySetResult();
        }
        else if (_joined.TrySetException(error))
        {
            // nobody has to wait for it
            _ = _joined.Task.Exception;
        }
    }
}
