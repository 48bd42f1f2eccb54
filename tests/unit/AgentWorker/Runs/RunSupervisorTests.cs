using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Runs;
using StreamChat.AgentWorker.Runs.Execution;
using StreamChat.AgentWorker.Storage;
using StreamChat.Hosting.Work;
using StreamChat.TestSupport.Time;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.UnitTests.AgentWorker.Runs;

public sealed class RunSupervisorTests : IDisposable
{
    private static readonly RunEnd Late = RunEnd.TookLongerThan(TimeSpan.FromSeconds(7));

    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ActiveRun _run = new(Guid.Empty, "ada", ThreadKey.Of("ada", null, "t"));
    private readonly ManualResetEventSlim _release = new();
    private readonly SemaphoreSlim _entered = new(0);
    private readonly AbandonedWork _abandoned;
    private readonly RunSupervisor _supervisor;

    public RunSupervisorTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _abandoned = new AbandonedWork(meters, Options.Create(new WorkOptions { Abandoned = 1 }), _time, NullLogger<AbandonedWork>.Instance);
        _supervisor = new RunSupervisor(_abandoned, new RunMetrics(meters, _time), NullLogger<RunSupervisor>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _release.Set();
        _run.Dispose();
        _services.Dispose();
        _entered.Dispose();
    }

    [Fact]
    public async Task A_run_that_ends_by_itself_says_how()
    {
        Assert.Same(RunEnd.Finished, await _supervisor.RunAsync(_run, () => Task.FromResult<RunEnd?>(RunEnd.Finished), Late));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _supervisor.RunAsync(_run, () => throw new InvalidOperationException(), Late));
        Assert.Equal(0, _abandoned.Count);
    }

    [Fact]
    public async Task A_run_that_heeds_its_token_is_not_abandoned()
    {
        var end = _supervisor.RunAsync(
            _run,
            async () =>
            {
                _entered.Release();
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, _run.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return RunEnd.Cancelled;
            },
            Late);
        await _entered.WaitAsync(Token);
        _run.Stop(StopReason.Cancelled);

        Assert.Same(RunEnd.Cancelled, await end);
        Assert.Equal(0, _abandoned.Count);
    }

    [Theory]
    [InlineData("Cancelled", "Cancelled")]
    [InlineData("WallTime", "Failed")]
    [InlineData("TakenOver", null)]
    public async Task A_run_that_never_awaits_is_abandoned_and_ends(string reason, string? outcome)
    {
        var end = Block();
        await _entered.WaitAsync(Token);
        _run.Stop(Enum.Parse<StopReason>(reason));
        await Eventually.TrueAsync(() => _time.ActiveTimers == 1);
        Assert.False(end.IsCompleted);
        _time.Advance(new WorkOptions().StopTime);

        Assert.Equal(outcome, (await end)?.Outcome.ToString());
        Assert.Equal(1, _abandoned.Count);

        // at the bound nothing more begins, until something has returned
        Assert.Same(RunEnd.Overloaded, await _supervisor.RunAsync(_run, () => throw new InvalidOperationException(), Late));
        _release.Set();
        await Eventually.TrueAsync(() => _abandoned.Count == 0);
    }

    [Fact]
    public async Task A_run_that_does_not_stop_with_its_worker_counts_as_lost_with_it()
    {
        var end = Block();
        await _entered.WaitAsync(Token);
        _run.Stop(StopReason.Shutdown);
        await Eventually.TrueAsync(() => _time.ActiveTimers == 1);
        _time.Advance(new WorkOptions().StopTime);

        // not the exception that has the run handed over
        await Assert.ThrowsAsync<RunAbandonedException>(() => end);
    }

    [Fact]
    public async Task Code_that_blocks_when_it_is_told_to_stop_holds_up_nobody()
    {
        await using var registered = _run.Stopping.Register(() => _release.Wait(CancellationToken.None));
        var end = Block();
        await _entered.WaitAsync(Token);
        _run.Stop(StopReason.Cancelled);
        await Eventually.TrueAsync(() => _time.ActiveTimers == 1);
        _time.Advance(new WorkOptions().StopTime);

        Assert.Same(RunEnd.Cancelled, await end);
        _release.Set();
    }

    private Task<RunEnd?> Block() => _supervisor.RunAsync(
        _run,
        () =>
        {
            _entered.Release();
            _release.Wait(CancellationToken.None);
            return Task.FromResult<RunEnd?>(RunEnd.Finished);
        },
        Late);
}
