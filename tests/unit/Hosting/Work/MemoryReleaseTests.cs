using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using StreamChat.Hosting.Work;

namespace StreamChat.UnitTests.Hosting.Work;

public sealed class MemoryReleaseTests
{
    private const long Mebibyte = 1024 * 1024;

    [Fact]
    public void It_collects_once_for_each_time_that_the_process_has_grown()
    {
        var memory = new Memory();
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var release = new MemoryRelease(memory, services.GetRequiredService<IMeterFactory>(), TimeProvider.System);

        // what a start leaves behind
        LookAt(150, collections: 1);
        LookAt(120, collections: 1);
        LookAt(170, collections: 1);

        // a peak, of which some was in use
        LookAt(400, collections: 2);
        LookAt(200, collections: 2);
        LookAt(240, collections: 2);

        // a collection that frees nothing is not repeated
        LookAt(400, collections: 3);
        LookAt(400, collections: 3);
        LookAt(400, collections: 3);

        // a process that has become small is measured by its new size
        LookAt(100, collections: 3);
        LookAt(170, collections: 4);

        void LookAt(long mebibytes, int collections)
        {
            memory.WorkingSet = mebibytes * Mebibyte;
            release.Look();
            Assert.Equal(collections, memory.Collections);
        }
    }

    [Fact]
    public void The_real_memory_is_that_of_this_process()
    {
        var memory = new ProcessMemory();
        Assert.InRange(memory.WorkingSet, 10 * Mebibyte, long.MaxValue);
        var before = GC.CollectionCount(GC.MaxGeneration);
        memory.Collect();
        Assert.True(GC.CollectionCount(GC.MaxGeneration) > before);
    }

    private sealed class Memory : IProcessMemory
    {
        public long WorkingSet { get; set; }

        public int Collections { get; private set; }

        public void Collect() => Collections++;
    }
}
