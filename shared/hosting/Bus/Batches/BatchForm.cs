namespace StreamChat.Hosting.Bus.Batches;

/// <summary>
/// The body of a batch of run events, version 1. Numbers are unsigned, seven bits a byte, the lowest first, the top bit set on all but
/// the last. A text is its length in bytes and its UTF-8. A run's id is its 16 bytes as RFC 9562 orders them.
/// <code>
/// batch  = version=1  workerId:text  slice*  0
/// slice  = 1  runId:16  attempt:number  firstSeq:number  entry*  0
/// entry  = 1  messageId:text                pieces from here on belong to this message
///        | 2  tail:text                     the same; its id is the run's, as 32 hexadecimal digits, then the tail
///        | 3  messageId:text                pieces from here on belong to this reasoning
///        | 4  tail:text                     the same; its id is made like a message's
///        | 5  delta:text                    a piece at the next position
///        | 6  positions:number  delta:text  a piece that covers so many positions
///        | 7  event:text                    any other event at the next position, as its contract's JSON
/// </code>
/// The first event of a slice is at <c>firstSeq</c>, each next one at the position after what the one before it covers. Nothing
/// follows the batch's last byte. Another version begins with another number and is refused.
/// </summary>
internal static class BatchForm
{
    public const byte Version = 1;

    // of a batch
    public const byte Slice = 1;

    // of a batch and of a slice
    public const byte End = 0;

    // of a slice
    public const byte Message = 1;
    public const byte MessageOfRun = 2;
    public const byte Reasoning = 3;
    public const byte ReasoningOfRun = 4;
    public const byte Piece = 5;
    public const byte MergedPiece = 6;
    public const byte Event = 7;

    public const int RunIdBytes = 16;

    /// <summary>The digits of a run's id in a message's.</summary>
    public const int RunIdDigits = 32;

    /// <summary>The most that a number takes.</summary>
    public const int NumberBytes = 10;
}
