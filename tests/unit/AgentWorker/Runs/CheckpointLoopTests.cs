using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker;
using StreamChat.AgentWorker.Agents.Journal;
using StreamChat.AgentWorker.Runs;
using StreamChat.AgentWorker.Runs.Checkpoints;
using StreamChat.AgentWorker.Storage;
using StreamChat.Hosting.Identity;
using StreamChat.Storage;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.AgentWorker.Runs;

public sealed class CheckpointLoopTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider _time = new();
    private readonly Store _store = new();
    private readonly CheckpointLoop _loop;
    private readonly RunHandover _handover;

    public CheckpointLoopTests()
    {
        _loop = new CheckpointLoop(
            _store, Options.Create(new RunOptions()), new RunMetrics(_services.GetRequiredService<IMeterFactory>(), _time), _time, NullLogger<CheckpointLoop>.Instance);
        _handover = new RunHandover(_store, new WorkerIdentity(new SystemIdGenerator(_time)), _time, NullLogger<RunHandover>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _loop.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Each_piece_is_written_down_once_and_the_state_before_it_with_the_first()
    {
        var run = new Run(_loop);
        run.Says("m1", "Hello ");
        await _loop.SaveAsync(Token);
        run.Says("m1", "world");
        await _loop.SaveAsync(Token);
        await _loop.SaveAsync(Token);

        Assert.Equal([(1, "m1", 0, "Hello "), (2, "m1", 6, "world")], _store.Pieces);
        Assert.Equal([true, false], _store.Saved.Select(c => c.Journal is not null));
    }

    [Fact]
    public async Task What_could_not_be_written_down_is_part_of_the_next_piece()
    {
        var run = new Run(_loop);
        run.Says("m1", "one ");
        _store.IsDown = true;
        await _loop.SaveAsync(Token);
        run.Says("m1", "two");
        _store.IsDown = false;
        await _loop.SaveAsync(Token);
        Assert.Equal([(2, "m1", 0, "one two")], _store.Pieces);
        Assert.NotNull(_store.Saved[0].Journal);
    }

    [Fact]
    public async Task Messages_of_one_reply_and_halves_of_a_character_are_told_apart()
    {
        var run = new Run(_loop);
        run.Says("m1", "first");
        run.Transcript.EndMessage("m1", toolCalls: null);
        run.Says("m2", "wave \ud83d");
        await _loop.SaveAsync(Token);
        run.Says("m2", "\udc4b!");
        await _loop.SaveAsync(Token);
        Assert.Equal([(1, "m1", 0, "first"), (2, "m2", 0, "wave "), (3, "m2", 5, "\ud83d\udc4b!")], _store.Pieces);
    }

    [Fact]
    public async Task Nothing_is_written_down_of_a_reply_that_nobody_could_go_on_with_nor_of_what_stands_in_the_journal()
    {
        var run = new Run(_loop, follows: false);
        run.Says("m1", "text");
        await _loop.SaveAsync(Token);
        Assert.Empty(_store.Saved);

        run.Transcript.EndMessage("m1", "[]");
        run.Progress.SavedWhole(run.Transcript.End());
        run.Progress.BeginReply(() => throw new InvalidOperationException("It stands in the journal."), follows: true);
        run.Says("m2", "more");
        await _loop.SaveAsync(Token);
        Assert.Equal([(1, "m2", 0, "more")], _store.Pieces);
        Assert.Null(_store.Saved[0].Journal);
    }

    [Fact]
    public async Task A_run_that_is_somebody_elses_is_told_so_and_the_others_go_on()
    {
        Run lost = new(_loop), kept = new(_loop);
        _store.Left.Add(lost.Progress.RunId);
        lost.Says("m1", "a");
        kept.Says("m1", "b");
        await _loop.SaveAsync(Token);
        Assert.Equal((true, false), (lost.IsLost, kept.IsLost));
    }

    [Fact]
    public async Task Of_very_many_those_come_next_that_have_waited_longest()
    {
        var runs = Enumerable.Range(0, 250).Select(_ => new Run(_loop)).ToList();
        runs.ForEach(r => r.Says("m1", "a"));
        _time.Advance(TimeSpan.FromMilliseconds(250));
        await _loop.SaveAsync(Token);
        Assert.Equal(200, _store.Saved.Count);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        runs.ForEach(r => r.Says("m1", "b"));
        await _loop.SaveAsync(Token);
        Assert.Equal(250, _store.Saved.Select(c => c.RunId).Distinct().Count());
    }

    [Fact]
    public async Task A_run_that_is_given_back_is_written_down_and_one_that_has_ended_is_left_alone()
    {
        var run = new Run(_loop);
        run.Says("m1", "a");
        await _handover.LetGoAsync(run.Progress);
        Assert.Equal([(1, "m1", 0, "a")], _store.Pieces);
        Assert.Equal(run.Progress.RunId, Assert.Single(_store.GivenBack));

        run.Following.Dispose();
        run.Says("m1", "b");
        await _loop.SaveAsync(Token);
        Assert.Single(_store.Saved);

        _store.IsDown = true;
        await _handover.LetGoAsync(run.Progress);
    }

    private sealed class Run
    {
        public Run(CheckpointLoop loop, bool follows = true)
        {
            Transcript.Add(new StoredMessage { MessageId = "u", Role = "user", Content = "question" });
            Progress = new RunProgress(Guid.CreateVersion7(), "w", 1, Transcript, () => IsLost = true);
            Following = loop.Follow(Progress);
            Progress.BeginReply(
                () => new JournalState { Agent = "a", Replies = 0, ToolRounds = 0, HandOffs = 0, Checked = [], Messages = [] }, follows);
        }

        public RunTranscript Transcript { get; } = new(Guid.Empty);

        public RunProgress Progress { get; }

        public IDisposable Following { get; }

        public bool IsLost { get; private set; }

        public void Says(string messageId, string text)
        {
            Transcript.BeginText(messageId);
            Transcript.AppendText(text);
        }
    }

    private sealed class Store : ICheckpointStore
    {
        public bool IsDown { get; set; }

        public List<RunCheckpoint> Saved { get; } = [];

        public HashSet<Guid> Left { get; } = [];

        public List<Guid> GivenBack { get; } = [];

        public IEnumerable<(int Part, string Message, int Start, string Text)> Pieces =>
            Saved.SelectMany(c => c.Texts.Select((t, i) => (c.FirstPart + i, t.MessageId, t.Start, t.Text)));

        public Task<IReadOnlySet<Guid>> SaveAsync(IReadOnlyList<RunCheckpoint> checkpoints, CancellationToken cancellationToken)
        {
            ThrowIfDown();
            Saved.AddRange(checkpoints);
            return Task.FromResult<IReadOnlySet<Guid>>(Left);
        }

        public Task<IReadOnlyList<SaidText>> LoadTextsAsync(Guid runId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task LetGoAsync(Guid runId, string workerId, int attempt, CancellationToken cancellationToken)
        {
            ThrowIfDown();
            GivenBack.Add(runId);
            return Task.CompletedTask;
        }

        private void ThrowIfDown()
        {
            if (IsDown)
            {
                throw new StoreUnavailableException("down");
            }
        }
    }
}
