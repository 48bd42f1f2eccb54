using StreamChat.Gateway.Limits;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Gateway.Limits;

/// <summary>What is remembered of questions that found nothing, and of answers that many ask for.</summary>
public sealed class UnknownNamesTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_name_is_remembered_for_a_second_and_for_its_user_only()
    {
        var names = new UnknownNames(_time);
        names.Add("ada", "run");
        Assert.Equal((true, false, false), (names.Has("ada", "run"), names.Has("bob", "run"), names.Has("ada", "other")));
        _time.Advance(UnknownNames.Kept);
        Assert.False(names.Has("ada", "run"));
        names.Add("ada", "run");
        names.Forget("ada", "run");
        Assert.False(names.Has("ada", "run"));
    }

    [Fact]
    public void A_name_added_again_is_remembered_from_then_on()
    {
        var names = new UnknownNames(_time);
        names.Add("ada", "run");
        _time.Advance(UnknownNames.Kept / 2);
        names.Add("ada", "run");
        _time.Advance(UnknownNames.Kept / 2);
        names.Add("ada", "other");
        Assert.True(names.Has("ada", "run"));
    }

    [Fact]
    public void Only_so_many_are_remembered()
    {
        var names = new UnknownNames(_time);
        for (var i = 0; i <= UnknownNames.Most; i++)
        {
            names.Add("ada", $"{i}");
        }

        Assert.False(names.Has("ada", "0"));
        Assert.True(names.Has("ada", $"{UnknownNames.Most}"));
    }

    [Fact]
    public async Task A_question_is_asked_once_for_all_who_wait_and_again_when_its_answer_is_old()
    {
        var asked = new List<TaskCompletionSource<int>>();
        var answer = new BriefAnswer<int>(
            () =>
            {
                asked.Add(new TaskCompletionSource<int>());
                return asked[^1].Task;
            },
            TimeSpan.FromSeconds(1),
            _time);
        using var leaves = new CancellationTokenSource();
        var first = answer.GetAsync(leaves.Token);
        var second = answer.GetAsync(TestContext.Current.CancellationToken);

        // however long it takes, and whoever leaves
        _time.Advance(TimeSpan.FromSeconds(5));
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Single(asked);
        asked[0].SetResult(7);
        Assert.Equal(7, await second);

        // it was asked five seconds ago
        var third = answer.GetAsync(TestContext.Current.CancellationToken);
        asked[1].SetResult(8);
        Assert.Equal((8, 8), (await third, await answer.GetAsync(TestContext.Current.CancellationToken)));
        _time.Advance(TimeSpan.FromSeconds(1));
        var failing = answer.GetAsync(TestContext.Current.CancellationToken);
        asked[2].SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => failing);
        _ = answer.GetAsync(TestContext.Current.CancellationToken);
        Assert.Equal(4, asked.Count);
    }

    [Fact]
    public async Task A_question_that_blocks_holds_nobody_but_the_one_who_asks_it()
    {
        using var may = new ManualResetEventSlim();
        using var asking = new ManualResetEventSlim();
        var answer = new BriefAnswer<int>(
            () =>
            {
                asking.Set();
                may.Wait(TestContext.Current.CancellationToken);
                return Task.FromResult(7);
            },
            TimeSpan.FromSeconds(1),
            _time);
        var first = Task.Run(() => answer.GetAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        asking.Wait(TestContext.Current.CancellationToken);

        var second = answer.GetAsync(TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        may.Set();
        Assert.Equal((7, 7), (await first, await second));
    }
}
