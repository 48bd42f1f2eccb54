using System.Threading.Channels;
using StreamChat.AgentWorker.Runs;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.AgentWorker.Relay;

/// <summary>Makes the next batch of a lane from what its runs have said.</summary>
internal sealed class RelayGathering(string workerId, RelayOptions options)
{
    /// <summary>Reads each ready run once: what is left over goes behind the others, so that a long replay delays nobody.</summary>
    /// <param name="ready">The cursors that have something to read.</param>
    /// <param name="offer">Puts one that has more behind the others.</param>
    /// <param name="cursors">Filled with those that were read.</param>
    /// <param name="batch">Filled with what they read.</param>
    /// <returns>When the oldest of it was offered.</returns>
    public long Gather(ChannelReader<RunCursor> ready, Action<RunCursor> offer, List<RunCursor> cursors, BatchWriter batch)
    {
        cursors.Clear();
        batch.Begin(workerId);
        var room = (long)options.MaxBatchChars;
        var offeredAt = long.MaxValue;
        for (var count = ready.Count; count > 0 && room > 0 && ready.TryRead(out var cursor); count--)
        {
            offeredAt = Math.Min(offeredAt, cursor.OfferedAt);
            cursor.Dequeued();
            var before = cursor.ReadChars;
            batch.BeginSlice(cursor.Log.RunId, cursor.Log.Attempt);
            if (cursor.Log.Read(cursor, room, options.MergeAbove, batch))
            {
                offer(cursor);
            }

            batch.EndSlice();
            room -= cursor.ReadChars - before;
            cursors.Add(cursor);
        }

        return offeredAt;
    }
}
