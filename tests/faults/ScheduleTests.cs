using StreamChat.FaultEngine.Schedules;

namespace StreamChat.FaultTests;

/// <summary>
/// Schedules of faults on real processes: whatever is cut, killed, stopped or disordered, everybody ends up with exactly what was said.
/// A longer list is a command: <c>bench/chaos</c>. What it finds is added here by its seed.
/// </summary>
public sealed class ScheduleTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    /// <summary>Every kind of fault, some of them together, and the seeds that found something.</summary>
    public static TheoryData<FaultKind, int> Schedules => new()
    {
        { FaultKind.ClientCut, 1 },
        { FaultKind.ClientStall, 2 },
        { FaultKind.GatewayKill, 4 },
        { FaultKind.WorkerKill, 5 },
        { FaultKind.ToolWorkerKill, 6 },
        { FaultKind.KindKill, 8 },
        { FaultKind.Pause, 9 },

        // a worker whose line to the broker went dead again while it came back
        { FaultKind.BrokerStall, 11145 },

        // a tool called while tool-workers had not come back yet
        { FaultKind.BrokerRestart, 6035 },
        { FaultKind.BrokerKill, 13 },
        { FaultKind.BusDisorder, 16 },

        // runs that went from one living worker to another until they were taken for poison
        { FaultKind.BrokerClose, 5011 },

        // all connections to the broker closed, some cut, the edge killed
        { FaultKind.Several, 702 },

        // the memory alarm, the edge killed, storms of clients
        { FaultKind.Several, 1177 },
    };

    [Theory]
    [MemberData(nameof(Schedules))]
    public async Task Nothing_is_lost_repeated_or_stuck(FaultKind kind, int seed)
    {
        var schedule = ScheduleBuilder.Build(seed, kind);
        TestContext.Current.TestOutputHelper?.WriteLine(schedule.ToString());
        var result = await fixture.Runner.RunAsync(schedule, TestContext.Current.CancellationToken);
        Assert.True(
            result.Violations.Count == 0,
            $"{schedule}\n{string.Join('\n', result.Violations)}\nAll of it, and the processes' logs: {result.Report}");
    }
}
