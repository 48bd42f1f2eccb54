using FsCheck;
using FsCheck.Fluent;

namespace StreamChat.UnitTests.Seam;

/// <summary>
/// The seam between replay and live, over attempts, gateways and reconnects, against a bus that keeps no promise: each person sees each
/// event of the newest attempt once and in order, and the end once. A million steps.
/// </summary>
public sealed class SeamModelTests
{
    private const int Steps = 400;
    private const int Sequences = 2500;

    [Fact]
    public void Everybody_sees_everything_once_in_order_and_to_its_end_whatever_the_bus_does()
    {
        var steps = Arb.From(Gen.Choose(0, 99_999).ArrayOf(Steps), Shorter);
        Prop.ForAll(steps, s => { Run(s); }).Check(Config.QuickThrowOnFailure.WithMaxTest(Sequences));
    }

    [Fact]
    public void The_model_gets_to_the_places_that_matter()
    {
        // else a million steps would show nothing
        var random = new Random(1);
        var (attempts, merged) = (0, 0);
        for (var i = 0; i < 100; i++)
        {
            var world = Run([.. Enumerable.Range(0, Steps).Select(_ => random.Next(100_000))]);
            attempts = Math.Max(attempts, world.Viewers.Max(v => v.Attempt));
            merged += world.Viewers.Sum(v => v.Merged);
        }

        Assert.True(attempts > 2 && merged > 1000, $"{attempts} attempts, {merged} merged");
    }

    private static SeamWorld Run(int[] steps)
    {
        var world = new SeamWorld();
        foreach (var step in steps)
        {
            world.Step(step);
        }

        world.Heal();
        return world;
    }

    /// <summary>The same without a part of it, larger parts first.</summary>
    private static IEnumerable<int[]> Shorter(int[] steps)
    {
        for (var size = steps.Length / 2; size > 0; size /= 2)
        {
            for (var from = 0; from + size <= steps.Length; from += size)
            {
                yield return [.. steps[..from], .. steps[(from + size)..]];
            }
        }
    }
}
