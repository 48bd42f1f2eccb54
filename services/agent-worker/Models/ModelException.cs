using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Models;

/// <summary>
/// The model failed; the message is for the user and says nothing that the provider said. What the inner exception says may quote
/// the conversation: it is for the log at Trace only.
/// </summary>
/// <param name="code">A member of <see cref="RunErrorCodes"/>.</param>
/// <param name="message">What happened, for a person.</param>
/// <param name="inner">Why.</param>
internal sealed class ModelException(string code, string message, Exception? inner) : Exception(message, inner)
{
    public string Code => code;
}
