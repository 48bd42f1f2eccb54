namespace StreamChat.AgentWorker.Models;

/// <summary>
/// A model's provider failed or refused. Holds nothing that the provider said, so that neither keys nor conversations can get out with
/// it: whatever it said is gone when this is made.
/// </summary>
/// <param name="code">A member of <see cref="Contracts.Events.RunErrorCodes"/>.</param>
/// <param name="isPassing">Whether the same request may well succeed soon.</param>
/// <param name="retryAfter">When the provider wants to be asked again, or null.</param>
/// <param name="cause">What happened in a word of ours, such as an HTTP status or the type of an exception.</param>
internal sealed class ProviderException(string code, bool isPassing, string cause, TimeSpan? retryAfter = null)
    : Exception($"{code} ({cause}).")
{
    public string Code => code;

    public bool IsPassing => isPassing;

    public TimeSpan? RetryAfter => retryAfter;
}
