using StreamChat.FaultEngine.Schedules;

namespace StreamChat.FaultTests;

/// <summary>What a schedule is made of.</summary>
public sealed class ScheduleBuilderTests
{
    [Fact]
    public void A_seed_makes_the_same_schedule_always()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            Assert.Equal(ScheduleBuilder.Build(seed).ToString(), ScheduleBuilder.Build(seed).ToString());
        }
    }

    [Fact]
    public void Seeds_in_a_row_go_through_all_kinds_of_faults()
    {
        var kinds = Enum.GetValues<FaultKind>();
        var schedules = Enumerable.Range(0, 10 * kinds.Length).Select(seed => ScheduleBuilder.Build(seed)).ToList();
        Assert.Equal(kinds, schedules.Take(kinds.Length).Select(s => s.Kind));
        Assert.All(schedules.Where(s => s.Kind is not FaultKind.None and not FaultKind.Several), s =>
        {
            Assert.NotEmpty(s.Faults);
            Assert.All(s.Faults, f => Assert.Equal(s.Kind, f.Kind));
        });
    }

    [Fact]
    public void The_short_list_has_every_kind_of_fault()
    {
        // losses on a connection that stays are no fault of a broker: bench/chaos tries them
        var faults = ScheduleTests.Schedules.SelectMany(row => ScheduleBuilder.Build(row.Data.Item2, row.Data.Item1).Faults);
        Assert.Equal(
            Enum.GetValues<FaultKind>().Where(k => k is not FaultKind.None and not FaultKind.Several and not FaultKind.BusLoss), faults.Select(f => f.Kind).Distinct().Order());
    }

    [Fact]
    public void All_ways_to_see_a_run_are_tried_and_no_two_runs_have_one_id()
    {
        var schedules = Enumerable.Range(0, 200).Select(seed => ScheduleBuilder.Build(seed)).ToList();
        Assert.Equal(Enum.GetValues<Role>(), schedules.SelectMany(s => s.Clients).SelectMany(c => c.Uses).Select(u => u.Role).Distinct().Order());
        var runs = schedules.SelectMany(s => s.Runs).ToList();
        Assert.Equal(runs.Count, runs.Select(r => r.RunId).Distinct().Count());
        Assert.Contains(runs, r => r.CancelAt is not null);
        Assert.Contains(runs, r => r.Note is not null);
    }
}
