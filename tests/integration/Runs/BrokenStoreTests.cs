using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Rooms;
using StreamChat.Storage;
using StreamChat.TestSupport.Brokers;

namespace StreamChat.IntegrationTests.Runs;

/// <summary>A store that fails costs the run and nothing else: whoever waits is told, and the model is not asked.</summary>
public sealed class BrokenStoreTests(RabbitMqServer broker)
{
    [Theory]
    [InlineData(true, "unavailable")]
    [InlineData(false, "internal")]
    public async Task A_run_that_cannot_be_claimed_ends_at_once(bool unavailable, string code)
    {
        await using var service = await WholeService.StartAsync(
            await broker.CreateVirtualHostAsync(),
            (_, _) => throw new InvalidOperationException("The model was asked."),
            store: new BrokenStore(unavailable ? new StoreUnavailableException("down") : new InvalidOperationException("bug")));
        await using var client = await service.ConnectAsync();
        var run = await client.RunAsync("go");
        Assert.Equal(("RUN_ERROR", code, ""), (run.End, run.Code, run.Text));
    }

    [Fact]
    public async Task A_room_that_cannot_be_looked_up_is_unavailable_and_so_are_its_runs()
    {
        await using var service = await WholeService.StartAsync(
            await broker.CreateVirtualHostAsync(), (_, _) => throw new InvalidOperationException("The model was asked."), store: new BrokenStore(new StoreUnavailableException("down")));
        await using var client = await service.ConnectAsync();
        await client.SendAsync("""{"type":"join","threadId":"~room/hall"}""");
        var error = await client.ReceiveAsync();
        Assert.Equal(
            ("unavailable", true, "~room/hall"),
            (error.GetProperty("code").GetString(), error.GetProperty("retryable").GetBoolean(), error.GetProperty("threadId").GetString()));
        Assert.Equal("forbidden", (await client.RunAsync("go", threadId: "~room/hall")).Code);
    }

    private sealed class BrokenStore(Exception failure) : IConversationStore, IRoomStore
    {
        public Task<RunClaim> BeginRunAsync(RunClaimRequest request, CancellationToken cancellationToken) => Task.FromException<RunClaim>(failure);

        public Task<RunClaim> TakeTurnAsync(RunClaimRequest request, int attempt, CancellationToken cancellationToken) => Task.FromException<RunClaim>(failure);

        public Task<bool> SaveJournalAsync(Guid runId, string workerId, int attempt, string journal, CancellationToken cancellationToken) => Task.FromException<bool>(failure);

        public Task<bool> CompleteRunAsync(RunCompletion completion, CancellationToken cancellationToken) => Task.FromException<bool>(failure);

        public Task<string?> RequestCancelAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken) => Task.FromException<string?>(failure);

        public Task<IReadOnlyList<StoredMessage>> LoadRunAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken) =>
            Task.FromException<IReadOnlyList<StoredMessage>>(failure);

        public Task<RunRecord?> FindRunAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken) => Task.FromException<RunRecord?>(failure);

        public Task<RoomAnswer> CreateAsync(CreateRoom request, CancellationToken cancellationToken) => Task.FromException<RoomAnswer>(failure);

        public Task<RoomAnswer> JoinAsync(JoinRoom request, CancellationToken cancellationToken) => Task.FromException<RoomAnswer>(failure);

        public Task<IReadOnlyList<string>> LeaveAsync(LeaveRoom request, CancellationToken cancellationToken) =>
            Task.FromException<IReadOnlyList<string>>(failure);

        public Task<IReadOnlyList<RoomMembers>> ReadMembersAsync(ReadRoomMembers request, CancellationToken cancellationToken) =>
            Task.FromException<IReadOnlyList<RoomMembers>>(failure);

        public Task<RoomStatus> InviteAsync(InviteToRoom request, CancellationToken cancellationToken) => Task.FromException<RoomStatus>(failure);

        public Task<RoomList> ListAsync(ListRooms request, CancellationToken cancellationToken) => Task.FromException<RoomList>(failure);

        public Task<RenewedMembers> RenewAsync(IReadOnlyList<string> connectionIds, CancellationToken cancellationToken) =>
            Task.FromException<RenewedMembers>(failure);
    }
}
