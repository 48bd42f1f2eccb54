using StreamChat.Contracts.Threads;
using static StreamChat.UnitTests.AgentWorker.Storage.MemoryConversations;

namespace StreamChat.UnitTests.AgentWorker.Storage;

public sealed class SummaryStoreTests : IDisposable
{
    private readonly MemoryConversations _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_summary_stands_for_what_it_was_made_of_unless_another_came_first()
    {
        await SayAsync("ada", "one");
        var part = (await _store.Summaries.LoadAsync("t", 100, 1000, Token))!;
        await _store.Summaries.SaveAsync("t", part, 1, "first", Token);
        await _store.Summaries.SaveAsync("t", part, 1, "second", Token);

        var now = (await _store.Summaries.LoadAsync("t", 100, 1000, Token))!;
        Assert.Equal(("first", 1, 0), (now.Summary, now.Position, now.Messages.Count));
    }

    [Fact]
    public async Task A_thread_that_was_removed_and_made_anew_by_another_user_is_not_given_a_summary_of_the_old_one()
    {
        await SayAsync("ada", "my secret");
        var part = (await _store.Summaries.LoadAsync("t", 100, 1000, Token))!;
        Assert.Equal(ThreadStatus.Ok, (await _store.Threads.DeleteAsync(new DeleteThread { UserId = "ada", ThreadId = "t" }, Token)).Status);
        await SayAsync("bob", "hello");
        await _store.Summaries.SaveAsync("t", part, 1, "Ada has a secret.", Token);

        Assert.Null((await _store.Summaries.LoadAsync("t", 100, 1000, Token))!.Summary);
    }

    private async Task SayAsync(string user, string text)
    {
        var request = Request(user);
        await _store.Runs.BeginRunAsync(request, Token);
        Assert.True(await _store.Runs.CompleteRunAsync(End(request.RunId, Said(text)), Token));
    }
}
