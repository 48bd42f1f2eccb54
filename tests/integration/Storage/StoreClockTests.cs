using StreamChat.AgentWorker.Storage;
using StreamChat.Storage;
using StreamChat.TestSupport.Databases;

namespace StreamChat.IntegrationTests.Storage;

/// <summary>Machines whose clocks are wrong, on one database.</summary>
public sealed class StoreClockTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(12)]
    [InlineData(-12)]
    public async Task A_clock_that_jumps_ends_no_lease_and_none_is_outlived(int hours)
    {
        var options = new StoreOptions { Provider = StoreProvider.Postgres, ConnectionString = await server.CreateDatabaseAsync() };
        var clock = new ShiftedClock();
        await using var right = new OpenStore(options);
        await using var wrong = new OpenStore(options, clock);
        await right.Transactions.InitializeAsync(Token);
        await wrong.Transactions.InitializeAsync(Token);

        clock.Jump(TimeSpan.FromHours(hours));
        Assert.Equal(RunClaimStatus.Claimed, (await right.Store.BeginRunAsync(Request("right"), Token)).Status);
        Assert.Equal(RunClaimStatus.Waiting, (await wrong.Store.BeginRunAsync(Request("wrong"), Token)).Status);
        Assert.Equal(RunClaimStatus.Waiting, (await right.Store.BeginRunAsync(Request("right"), Token)).Status);
    }

    [Fact]
    public async Task A_machine_that_slept_is_told_the_time()
    {
        var options = new StoreOptions { Provider = StoreProvider.Postgres, ConnectionString = await server.CreateDatabaseAsync() };
        var clock = new ShiftedClock();
        await using var store = new OpenStore(options, clock);
        await store.Transactions.InitializeAsync(Token);
        var before = store.Transactions.Now;
        clock.Pass(TimeSpan.FromHours(-1));
        Assert.True(store.Transactions.Now < before);
        await store.Transactions.PingAsync(Token);
        Assert.InRange(store.Transactions.Now, before, before + 60_000);
    }

    private static RunClaimRequest Request(string worker) => new()
    {
        RunId = Guid.CreateVersion7(),
        ThreadId = "t",
        UserId = "ada",
        WorkerId = worker,
        TakeOver = false,
        HistoryLimit = 100,
    };
}
