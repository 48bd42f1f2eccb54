namespace StreamChat.AgentWorker.Agents.Guardrails.Rules;

/// <summary>Why a rule stops a message, for those who look at it: like the answer, in the language of the message where we know it.</summary>
internal sealed record RuleReason(string English, string Chinese)
{
    public string For(string message) => UserLanguage.Of(message) == "zh" ? Chinese : English;
}
