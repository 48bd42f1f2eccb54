using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.UnitTests.Hosting.Batches;

/// <summary>A packed batch as the records that it stands for.</summary>
internal static class Unpacking
{
    public static RunEventBatch Unpack(this PackedBatch batch)
    {
        List<RunEventSlice> slices = [];
        var reader = batch.Read();
        while (reader.NextSlice())
        {
            List<RunEvent> events = [];
            while (reader.NextEvent())
            {
                events.Add(reader.Event());
            }

            slices.Add(new RunEventSlice { RunId = reader.RunId, Attempt = reader.Attempt, Events = events });
        }

        return new RunEventBatch { WorkerId = reader.WorkerId, Slices = slices };
    }
}
