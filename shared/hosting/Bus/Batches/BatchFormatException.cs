namespace StreamChat.Hosting.Bus.Batches;

/// <summary>The bytes are no batch of run events, or one of a version that is not known here.</summary>
public sealed class BatchFormatException : Exception
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="message">What, without the batch's content.</param>
    /// <param name="inner">What was met, if anything.</param>
    public BatchFormatException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
