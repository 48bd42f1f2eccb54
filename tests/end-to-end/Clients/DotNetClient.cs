using System.Collections.Concurrent;
using StreamChat.Client;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Clients;

/// <summary>The client of <c>clients/dotnet</c>, in this process.</summary>
internal sealed class DotNetClient : IClientUnderTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly StreamChatClient _client;
    private readonly ClientTask _task;
    private readonly ConcurrentQueue<Followed> _runs = new();
    private readonly Task<string> _ready;
    private readonly Task _working;
    private volatile bool _wasLost;

    private DotNetClient(ClientTask task)
    {
        _task = task;
        _client = new(task.Socket, new() { UserId = task.UserId });
        _client.StateChanged += (_, change) => Changed(change);
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ready = ready.Task;
        _working = WorkAsync(ready);
    }

    public bool WasLost => _wasLost;

    public string FirstGateway => _ready.Result;

    public static IClientUnderTest Start(ClientTask task) => new DotNetClient(task);

    public Task ReadyAsync() => _ready.WaitAsync(Patience);

    public async Task<IReadOnlyList<Guid>> SeenAsync(int tokens)
    {
        var count = _task.Runs + (_task.AttachTo is null ? 0 : 1) + (_task.Joins is null ? 0 : 1);
        await Eventually.TrueAsync(() => _runs.Count == count && _runs.All(r => r.Tokens >= tokens), Patience);
        return [.. _runs.Select(r => r.Run.RunId)];
    }

    public async Task<IReadOnlyList<SeenRun>> EndAsync()
    {
        await _working.WaitAsync(Patience);
        return [.. _runs.Select(r => r.Seen!)];
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async Task WorkAsync(TaskCompletionSource<string> ready)
    {
        await _client.ConnectAsync(TestContext.Current.CancellationToken);
        var gateway = _client.ConnectionId!.Split('.')[0];
        ChatRoom? room = null;
        if (_task.Joins is { } threadId)
        {
            room = _client.Join(threadId);
            await room.Joined;
        }

        ready.SetResult(gateway);
        for (var i = 0; i < _task.Runs; i++)
        {
            _runs.Enqueue(new(_client.Run(_task.Text, _task.ThreadId)));
        }

        if (_task.AttachTo is { } runId)
        {
            _runs.Enqueue(new(_client.Attach(runId)));
        }

        if (room is not null)
        {
            await using var seen = room.GetAsyncEnumerator();
            await seen.MoveNextAsync();
            _runs.Enqueue(new(seen.Current));
        }

        await Task.WhenAll(_runs.Select(r => r.Ended));
    }

    private void Changed(ConnectionStateChange change)
    {
        if (change.State != ConnectionState.Waiting)
        {
            return;
        }

        _wasLost = true;
        if (_task.CancelWhenLost)
        {
            foreach (var followed in _runs)
            {
                followed.Run.Cancel();
            }
        }
    }

    /// <summary>Shows a run as its text, by the one rule that there is for that.</summary>
    private sealed class Followed
    {
        private string _shown = "";

        public Followed(ChatRun run)
        {
            Run = run;
            Ended = FollowAsync();
        }

        public ChatRun Run { get; }

        public Task Ended { get; }

        public SeenRun? Seen { get; private set; }

        public int Tokens => Volatile.Read(ref _shown).Count(c => c == ' ');

        private async Task FollowAsync()
        {
            try
            {
                await foreach (var e in Run)
                {
                    Volatile.Write(
                        ref _shown, e switch { TextReplaced replaced => replaced.Text, TextMessageContent content => _shown + content.Delta, _ => _shown });
                }
            }
            catch (StreamChatException)
            {
                // the outcome says it
            }

            var outcome = await Run.Completion;
            var state = outcome.IsFinished ? "finished" : outcome.IsCancelled ? "cancelled" : "failed";
            Seen = new(Run.RunId, state, Run.Position.Attempt, Run.Text, _shown);
        }
    }
}
