using StreamChat.AgentWorker.Storage;
using StreamChat.Storage;
using StreamChat.Storage.Providers;

namespace StreamChat.UnitTests.AgentWorker.Storage;

/// <summary>The stores of an agent-worker over a database in memory.</summary>
internal sealed class MemoryConversations : IDisposable
{
    private const string Thread = "t";
    private const string Worker = "worker-1";

    private readonly SqliteDatabase _database;

    public MemoryConversations()
    {
        StoreOptions options = new() { ConnectionString = "Data Source=:memory:" };
        _database = new SqliteDatabase(options, TimeProvider.System);
        SqlTransactions transactions = new(_database, options, Clock);
        Runs = new SqlConversationStore(_database, transactions);
        Threads = new SqlThreadStore(_database, transactions);
        Summaries = new SqlSummaryStore(transactions);

        // in memory nothing is waited for
        transactions.InitializeAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    public SteppingClock Clock { get; } = new();

    public SqlConversationStore Runs { get; }

    public SqlThreadStore Threads { get; }

    public SqlSummaryStore Summaries { get; }

    public void Dispose() => _database.Dispose();

    public static RunClaimRequest Request(string user = "ada") => new()
    {
        RunId = Guid.CreateVersion7(),
        ThreadId = Thread,
        UserId = user,
        WorkerId = Worker,
        TakeOver = false,
        HistoryLimit = 100,
    };

    public static RunCompletion End(Guid runId, params IReadOnlyList<StoredMessage> messages) => new()
    {
        RunId = runId,
        UserId = "ada",
        WorkerId = Worker,
        Attempt = 1,
        Outcome = RunOutcome.Finished,
        Messages = messages,
    };

    public static StoredMessage Said(string text) => new() { MessageId = text, Role = "user", Content = text, Images = """[{"mediaType":"image/png","data":"AAAA"}]""" };

    /// <summary>Every look at it is a second later, so that nothing happens at the same time.</summary>
    internal sealed class SteppingClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now += TimeSpan.FromSeconds(1);
    }
}
