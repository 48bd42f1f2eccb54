using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Storage;
using StreamChat.Storage;
using StreamChat.Storage.Providers;

namespace StreamChat.IntegrationTests.Storage;

/// <summary>A store over a database, as one process has it.</summary>
internal sealed class OpenStore : IAsyncDisposable
{
    public OpenStore(StoreOptions options, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        Database = options.Provider == StoreProvider.Postgres ? new PostgresDatabase(options) : new SqliteDatabase(options, time);
        Transactions = new SqlTransactions(Database, options, time);
        Store = new SqlConversationStore(Database, Transactions);
        Checkpoints = new SqlCheckpointStore(Database, Transactions);
        Threads = new SqlThreadStore(Database, Transactions);
        Summaries = new SqlSummaryStore(Transactions);
        Rooms = new SqlRoomStore(Database, Transactions, Options.Create(RoomLimits));
    }

    public StoreDatabase Database { get; }

    public SqlTransactions Transactions { get; }

    public SqlConversationStore Store { get; }

    public SqlCheckpointStore Checkpoints { get; }

    public SqlThreadStore Threads { get; }

    public SqlSummaryStore Summaries { get; }

    public RoomOptions RoomLimits { get; } = new();

    public SqlRoomStore Rooms { get; }

    public async ValueTask DisposeAsync()
    {
        if (Database is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync();
        }
        else
        {
            ((IDisposable)Database).Dispose();
        }
    }
}

/// <summary>The system's clock, until time passes or its hands jump.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private TimeSpan _passed;
    private TimeSpan _jumped;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _passed + _jumped;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(_passed.TotalSeconds * TimestampFrequency);

    /// <summary>So much time passes at once.</summary>
    public void Pass(TimeSpan time) => _passed += time;

    /// <summary>The hands are moved, and no time passes.</summary>
    public void Jump(TimeSpan by) => _jumped += by;
}
