using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.Gateway.Runs;

/// <summary>The id of the message that a run is saying: one string for all its pieces.</summary>
internal struct MessageName
{
    private byte[]? _key;
    private string? _id;

    /// <summary>The id that a piece of the run belongs to.</summary>
    public string Of(in BatchReader piece)
    {
        if (_id is null || !piece.MessageKey.SequenceEqual(_key))
        {
            _id = piece.MessageId();
            _key = piece.MessageKey.ToArray();
        }

        return _id;
    }
}
