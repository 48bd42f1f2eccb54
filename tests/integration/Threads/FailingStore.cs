using StreamChat.AgentWorker.Storage;
using StreamChat.IntegrationTests.Storage;
using StreamChat.Storage;
using StreamChat.TestSupport.Processes;

namespace StreamChat.IntegrationTests.Threads;

/// <summary>A real store that cannot be reached whenever the test says so.</summary>
internal sealed class FailingStore : IConversationStore, IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly OpenStore _open;
    private volatile bool _down;

    private FailingStore()
    {
        ConnectionString = $"Data Source={_folder.File("streamchat.db")}";
        _open = new OpenStore(new StoreOptions { ConnectionString = ConnectionString });
    }

    public string ConnectionString { get; }

    public bool IsDown
    {
        set => _down = value;
    }

    public static async Task<FailingStore> OpenAsync()
    {
        var store = new FailingStore();
        await store._open.Transactions.InitializeAsync(TestContext.Current.CancellationToken);
        return store;
    }

    public Task<RunClaim> BeginRunAsync(RunClaimRequest request, CancellationToken cancellationToken) => Reached.BeginRunAsync(request, cancellationToken);

    public Task<RunClaim> TakeTurnAsync(RunClaimRequest request, int attempt, CancellationToken cancellationToken) =>
        Reached.TakeTurnAsync(request, attempt, cancellationToken);

    public Task<bool> CompleteRunAsync(RunCompletion completion, CancellationToken cancellationToken) => Reached.CompleteRunAsync(completion, cancellationToken);

    public Task<bool> SaveJournalAsync(Guid runId, string workerId, int attempt, string journal, CancellationToken cancellationToken) =>
        Reached.SaveJournalAsync(runId, workerId, attempt, journal, cancellationToken);

    public Task<string?> RequestCancelAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken) =>
        Reached.RequestCancelAsync(runId, userId, threadId, cancellationToken);

    public Task<IReadOnlyList<StoredMessage>> LoadRunAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken) =>
        Reached.LoadRunAsync(runId, userId, threadId, cancellationToken);

    public Task<RunRecord?> FindRunAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken) =>
        Reached.FindRunAsync(runId, userId, threadId, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _open.DisposeAsync();
        _folder.Dispose();
    }

    private SqlConversationStore Reached => _down ? throw new StoreUnavailableException("down") : _open.Store;
}
