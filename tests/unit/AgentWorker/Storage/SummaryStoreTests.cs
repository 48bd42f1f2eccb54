using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Threads;
using static StreamChat.UnitTests.AgentWorker.Storage.MemoryConversations;

namespace StreamChat.UnitTests.AgentWorker.Storage;

public sealed class SummaryStoreTests : IDisposable
{
    private static readonly ThreadKey Adas = ThreadKey.Of("ada", roomId: null, "t");

    private readonly MemoryConversations _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_summary_stands_for_what_it_was_made_of_unless_another_came_first()
    {
        await SayAsync("ada", "one");
        var part = (await _store.Summaries.LoadAsync(Adas, 100, 1000, Token))!;
        await _store.Summaries.SaveAsync(Adas, part, 1, "first", Token);
        await _store.Summaries.SaveAsync(Adas, part, 1, "second", Token);

        var now = (await _store.Summaries.LoadAsync(Adas, 100, 1000, Token))!;
        Assert.Equal(("first", 1, 0), (now.Summary, now.Position, now.Messages.Count));
    }

    [Fact]
    public async Task A_summary_of_a_removed_thread_is_given_neither_to_a_new_one_nor_to_another_users_of_the_same_name()
    {
        await SayAsync("ada", "my secret");
        var part = (await _store.Summaries.LoadAsync(Adas, 100, 1000, Token))!;
        Assert.Equal(ThreadStatus.Ok, (await _store.Threads.DeleteAsync(new DeleteThread { UserId = "ada", ThreadId = "t" }, Token)).Status);
        await SayAsync("bob", "hello");
        await SayAsync("ada", "again");
        await _store.Summaries.SaveAsync(Adas, part, 1, "Ada has a secret.", Token);

        Assert.Null((await _store.Summaries.LoadAsync(Adas, 100, 1000, Token))!.Summary);
        Assert.Null((await _store.Summaries.LoadAsync(Adas with { Owner = "bob" }, 100, 1000, Token))!.Summary);
    }

    private async Task SayAsync(string user, string text)
    {
        var request = Request(user);
        await _store.Runs.BeginRunAsync(request, Token);
        Assert.True(await _store.Runs.CompleteRunAsync(End(request.RunId, Said(text)), Token));
    }
}
