namespace StreamChat.AgentWorker.Agents.Guardrails;

/// <summary>The guardrails that are there without any code of others.</summary>
internal static class GuardrailNames
{
    /// <summary>Nobody gets at an agent's instructions, or talks it out of them.</summary>
    public const string Jailbreak = "jailbreak";

    /// <summary>A specialist is asked for what belongs to somebody's field.</summary>
    public const string Relevance = "relevance";
}
