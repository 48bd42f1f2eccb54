namespace StreamChat.AgentWorker.Models;

/// <summary>
/// Service of a model's client that says: when the last message is the assistant's, the model goes on with it as if it had not been
/// interrupted. Asked for by <c>GetService</c>, so that it can be told through any wrapping.
/// </summary>
internal sealed class PrefixContinuation
{
    public static readonly PrefixContinuation Instance = new();
}
