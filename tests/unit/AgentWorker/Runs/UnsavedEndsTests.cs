using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Runs;
using StreamChat.AgentWorker.Storage;
using StreamChat.Storage;
using StreamChat.TestSupport.Time;
using static StreamChat.UnitTests.AgentWorker.Storage.MemoryConversations;

namespace StreamChat.UnitTests.AgentWorker.Runs;

public sealed class UnsavedEndsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider _time = new();
    private readonly Store _store = new();
    private readonly UnsavedEnds _ends;

    public UnsavedEndsTests() => _ends = new UnsavedEnds(
        _store, Options.Create(new RunOptions()), new RunMetrics(_services.GetRequiredService<IMeterFactory>(), _time), _time, NullLogger<UnsavedEnds>.Instance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _ends.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Ends_are_written_in_order_when_the_store_is_back()
    {
        var ends = Enumerable.Range(0, 3).Select(_ => End(Guid.CreateVersion7(), Said("a"))).ToList();
        ends.ForEach(e => _ends.Add(e));
        _store.IsDown = true;
        await _ends.SaveAsync(Token);
        Assert.Empty(_store.Written);

        _store.IsDown = false;
        await _ends.SaveAsync(Token);
        Assert.Equal(ends, _store.Written);
    }

    [Fact]
    public async Task What_was_said_is_left_out_when_it_is_too_much_and_pictures_and_the_context_count()
    {
        var large = Said("a") with { Images = new string('x', 10 * 1024 * 1024) };
        var (first, second) = (End(Guid.CreateVersion7(), large), End(Guid.CreateVersion7(), large) with { Context = "{}" });
        var third = End(Guid.CreateVersion7()) with { Context = new string('x', 10 * 1024 * 1024) };
        _ends.Add(first);
        _ends.Add(second);
        _ends.Add(third);
        await _ends.SaveAsync(Token);
        Assert.Equal([first.RunId, second.RunId, third.RunId], _store.Written.Select(e => e.RunId));
        Assert.Equal([1, 0, 0], _store.Written.Select(e => e.Messages.Count));
        Assert.All(_store.Written, e => Assert.Null(e.Context));

        // what is written makes room
        _ends.Add(second);
        await _ends.SaveAsync(Token);
        Assert.Equal(second, _store.Written[^1]);
    }

    [Fact]
    public async Task What_the_database_does_not_take_holds_nobody_up_and_its_run_ends()
    {
        RunCompletion bad = End(Guid.CreateVersion7(), Said("a")), good = End(Guid.CreateVersion7(), Said("b"));
        _store.Rejected = bad.RunId;
        _ends.Add(bad);
        _ends.Add(good);
        await _ends.SaveAsync(Token);
        Assert.Equal([(bad.RunId, 0), (good.RunId, 1)], _store.Written.Select(e => (e.RunId, e.Messages.Count)));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(2, 3)]
    [InlineData(4, 0)]
    public async Task The_end_of_a_run_that_could_not_be_claimed_is_that_of_a_claim_made_later(int status, int attempt)
    {
        _store.Claim = new RunClaim { Status = (RunClaimStatus)status, Attempt = 3 };
        var end = End(Guid.CreateVersion7());
        _ends.Add(end, Request() with { RunId = end.RunId });
        _store.IsDown = true;
        await _ends.SaveAsync(Token);
        Assert.Empty(_store.Written);
        _store.IsDown = false;
        await _ends.SaveAsync(Token);
        Assert.Equal(attempt == 0 ? [] : [attempt], _store.Written.Select(e => e.Attempt));
    }

    /// <summary>Takes ends, and nothing else.</summary>
    private sealed class Store : IConversationStore
    {
        public bool IsDown { get; set; }

        /// <summary>A run whose messages it does not take.</summary>
        public Guid Rejected { get; set; }

        public List<RunCompletion> Written { get; } = [];

        public Task<bool> CompleteRunAsync(RunCompletion completion, CancellationToken cancellationToken)
        {
            if (IsDown)
            {
                throw new StoreUnavailableException("down");
            }

            if (completion.RunId == Rejected && completion.Messages.Count > 0)
            {
                throw new StoreUnavailableException("bad data") { IsRejected = true };
            }

            Written.Add(completion);
            return Task.FromResult(true);
        }

        /// <summary>What becomes of claims.</summary>
        public RunClaim? Claim { get; set; }

        public Task<RunClaim> BeginRunAsync(RunClaimRequest request, CancellationToken cancellationToken) =>
            IsDown ? throw new StoreUnavailableException("down") : Task.FromResult(Claim ?? throw new NotSupportedException());

        public Task<RunClaim> TakeTurnAsync(RunClaimRequest request, int attempt, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> SaveJournalAsync(Guid runId, string workerId, int attempt, string journal, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<string?> RequestCancelAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<StoredMessage>> LoadRunAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<RunRecord?> FindRunAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
