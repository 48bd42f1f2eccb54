using StreamChat.FaultEngine.Schedules;

namespace StreamChat.FaultTests;

/// <summary>
/// Schedules of faults on real processes: whatever is cut, killed, stopped or disordered, everybody ends up with exactly what was said.
/// A longer list is a command: <c>bench/chaos</c>. What it finds is added here by its seed.
/// </summary>
public sealed class ScheduleTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    /// <summary>At least one for each kind of fault; kinds follow each other by seed.</summary>
    public static TheoryData<int> Seeds => [0, 1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Nothing_is_lost_repeated_or_stuck(int seed)
    {
        var schedule = ScheduleBuilder.Build(seed);
        TestContext.Current.TestOutputHelper?.WriteLine(schedule.ToString());
        var result = await fixture.Runner.RunAsync(schedule, TestContext.Current.CancellationToken);
        Assert.True(
            result.Violations.Count == 0,
            $"{schedule}\n{string.Join('\n', result.Violations)}\nAll of it, and the processes' logs: {result.Report}");
    }
}
