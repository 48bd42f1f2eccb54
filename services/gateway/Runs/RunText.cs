using StreamChat.Contracts.Events;

namespace StreamChat.Gateway.Runs;

/// <summary>
/// A run says a piece of text. Most of what runs say is this, so that it goes without an event object: for who wants one there is
/// <see cref="ToEvent"/>.
/// </summary>
/// <param name="RunId">The run.</param>
/// <param name="Attempt">Its attempt.</param>
/// <param name="FirstSeq">The first position that it covers.</param>
/// <param name="Seq">Its position, the last one that it covers.</param>
/// <param name="MessageId">The message that goes on.</param>
/// <param name="Delta">The new text, never empty.</param>
internal readonly record struct RunText(Guid RunId, int Attempt, long FirstSeq, long Seq, string MessageId, string Delta)
{
    public static RunText Of(Guid runId, int attempt, TextMessageContent text) =>
        new(runId, attempt, text.FromSeq ?? text.Seq, text.Seq, text.MessageId, text.Delta);

    public TextMessageContent ToEvent() => new() { Seq = Seq, FromSeq = FirstSeq < Seq ? FirstSeq : null, MessageId = MessageId, Delta = Delta };
}
