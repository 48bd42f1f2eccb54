using StreamChat.AgentWorker.Runs;
using StreamChat.Contracts.Events;
using StreamChat.Hosting.Bus.Batches;
using StreamChat.UnitTests.Hosting.Batches;

namespace StreamChat.UnitTests.AgentWorker.Runs;

/// <summary>Reads a log as a lane does, and gives the events that a gateway would see.</summary>
internal static class LogReading
{
    /// <returns>Whether there is more, and the events.</returns>
    public static (bool More, IReadOnlyList<RunEvent> Events) Read(this RunLog log, RunCursor cursor, long maxChars = 1_000_000, int mergeAbove = 1000)
    {
        using var batch = new BatchWriter();
        batch.Begin("worker");
        batch.BeginSlice(log.RunId, log.Attempt);
        var more = log.Read(cursor, maxChars, mergeAbove, batch);
        batch.EndSlice();
        return (more, [.. batch.Complete().Unpack().Slices.SelectMany(slice => slice.Events)]);
    }
}
