using System.ComponentModel.DataAnnotations;
using StreamChat.AgentWorker.Runs;

namespace StreamChat.UnitTests.AgentWorker.Runs;

/// <summary>A run that is in hand for longer than the broker waits would be given to a second worker.</summary>
public sealed class RunOptionsTests
{
    [Theory]
    [InlineData(3, 10, 0.25)]
    [InlineData(3, 25, 0.5)]
    [InlineData(3, 16, 5)]
    public void Times_that_fit_together(double queue, double wall, double end) => Assert.Empty(Problems(queue, wall, end));

    [Theory]
    [InlineData(4, 25, 0.25, nameof(RunOptions.QueueTime))]
    [InlineData(3, 25, 1, nameof(RunOptions.EndTimeout))]
    [InlineData(3, 17, 5, nameof(RunOptions.EndTimeout))]
    public void Times_that_do_not(double queue, double wall, double end, string named) => Assert.Contains(named, Problems(queue, wall, end));

    private static List<string> Problems(double queue, double wall, double end)
    {
        RunOptions options = new() { QueueTime = TimeSpan.FromMinutes(queue), WallTime = TimeSpan.FromMinutes(wall), EndTimeout = TimeSpan.FromMinutes(end) };
        return [.. options.Validate(new ValidationContext(options)).SelectMany(r => r.MemberNames)];
    }
}
