using StreamChat.AgentWorker.Storage;
using static StreamChat.UnitTests.AgentWorker.Storage.MemoryConversations;

namespace StreamChat.UnitTests.AgentWorker.Storage;

/// <summary>What a run that waits for its turn loads of its thread.</summary>
public sealed class WaitingRunTests : IDisposable
{
    private readonly MemoryConversations _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Pictures_are_loaded_when_the_turn_comes_and_not_held_until_then()
    {
        var (first, busy, waiting) = (Request(), Request(), Request());
        await _store.Runs.BeginRunAsync(first, Token);
        await _store.Runs.CompleteRunAsync(End(first.RunId, Said("hello")), Token);
        Assert.NotNull(Assert.Single((await _store.Runs.BeginRunAsync(busy, Token)).History).Images);

        var claim = await _store.Runs.BeginRunAsync(waiting, Token);
        Assert.Equal(RunClaimStatus.Waiting, claim.Status);
        Assert.Equal(("hello", null), (Assert.Single(claim.History).Content, claim.History[0].Images));

        claim = await _store.Runs.TakeTurnAsync(waiting, 1, Token);
        Assert.Equal((RunClaimStatus.Waiting, 0), (claim.Status, claim.History.Count));

        await _store.Runs.CompleteRunAsync(End(busy.RunId, Said("again")), Token);
        claim = await _store.Runs.TakeTurnAsync(waiting, 1, Token);
        Assert.Equal(RunClaimStatus.Claimed, claim.Status);
        Assert.Equal(["hello", "again"], claim.History.Select(m => m.Content));
        Assert.All(claim.History, m => Assert.NotNull(m.Images));
    }
}
