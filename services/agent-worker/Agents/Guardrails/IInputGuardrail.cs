namespace StreamChat.AgentWorker.Agents.Guardrails;

/// <summary>
/// A check of what a user says, made before any model is asked. One of yours is added with
/// <see cref="GuardrailRegistration.AddInputGuardrail"/> and made by the agents whose <c>InputGuardrails</c> name it.
/// </summary>
public interface IInputGuardrail
{
    /// <summary>Looks at a message. One that throws, or takes longer than <c>Guardrails:Timeout</c>, fails the run.</summary>
    /// <param name="input">The message, and to whom it goes.</param>
    /// <param name="cancellationToken">The run is to stop, or the check takes too long.</param>
    /// <returns>Whether the agent may answer it.</returns>
    Task<GuardrailVerdict> CheckAsync(GuardrailInput input, CancellationToken cancellationToken);
}

/// <summary>What a guardrail looks at.</summary>
public sealed record GuardrailInput
{
    /// <summary>The user's new message.</summary>
    public required string Text { get; init; }

    /// <summary>Name of the agent that is to answer.</summary>
    public required string Agent { get; init; }

    /// <summary>What that agent is for, in a sentence.</summary>
    public required string AgentDescription { get; init; }

    /// <summary>What was said before, oldest first, the last few messages of the user and the agents.</summary>
    public IReadOnlyList<string> Before { get; init; } = [];
}

/// <summary>What a guardrail says.</summary>
/// <param name="Passed">Whether the agent may answer.</param>
/// <param name="Reasoning">Why, in a sentence, for people who look at it.</param>
public sealed record GuardrailVerdict(bool Passed, string Reasoning)
{
    /// <summary>What the user is answered when it did not pass; null for a polite word of ours in the user's language.</summary>
    public string? Answer { get; init; }
}
