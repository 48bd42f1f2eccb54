using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;

namespace StreamChat.Hosting.Bus.Batches;

/// <summary>
/// A <see cref="RunEventBatch"/> as it travels: bytes made once by <see cref="BatchWriter"/>, sent as they are however often, and read
/// once by <see cref="BatchReader"/>.
/// </summary>
public sealed class PackedBatch
{
    /// <summary>Takes bytes for a batch. They are looked at when they are read.</summary>
    /// <param name="bytes">The bytes, the batch's own from now on.</param>
    public PackedBatch(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        Bytes = bytes;
    }

    /// <summary>How many bytes it takes.</summary>
    public int Length => Bytes.Length;

    internal byte[] Bytes { get; }

    /// <summary>Packs a batch that came in another form.</summary>
    /// <param name="batch">The batch.</param>
    /// <returns>The same, packed; slices without events are left out.</returns>
    /// <exception cref="ArgumentException">The positions of a slice's events have a gap.</exception>
    public static PackedBatch Of(RunEventBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var writer = new BatchWriter();
        writer.Begin(batch.WorkerId);
        foreach (var slice in batch.Slices)
        {
            writer.BeginSlice(slice.RunId, slice.Attempt);
            foreach (var runEvent in slice.Events)
            {
                switch (runEvent)
                {
                    case TextMessageContent text:
                        writer.WritePiece(text.FromSeq ?? text.Seq, text.Seq, text.MessageId, isReasoning: false, text.Delta);
                        break;
                    case ReasoningMessageContent text:
                        writer.WritePiece(text.FromSeq ?? text.Seq, text.Seq, text.MessageId, isReasoning: true, text.Delta);
                        break;
                    default:
                        writer.WriteEvent(runEvent);
                        break;
                }
            }

            writer.EndSlice();
        }

        return writer.Complete();
    }

    /// <summary>Begins to read it.</summary>
    /// <returns>A reader that stands before the first slice.</returns>
    /// <exception cref="BatchFormatException">It is of a version not known here, or no batch.</exception>
    public BatchReader Read() => new(Bytes);
}
