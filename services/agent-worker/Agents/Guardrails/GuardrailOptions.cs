using System.ComponentModel.DataAnnotations;

namespace StreamChat.AgentWorker.Agents.Guardrails;

/// <summary>Who decides in the guardrails <c>relevance</c> and <c>jailbreak</c>.</summary>
internal enum GuardrailMode
{
    /// <summary>Rules, which need no network.</summary>
    Rules,

    /// <summary>A model; the rules when it does not say in time.</summary>
    Model,

    /// <summary>Rules, and a model about what they let pass.</summary>
    Both,
}

/// <summary>Section <c>Guardrails</c>: how agents check what users say.</summary>
internal sealed class GuardrailOptions
{
    public const string Section = "Guardrails";

    /// <summary>Who decides.</summary>
    [EnumDataType(typeof(GuardrailMode))]
    public GuardrailMode Mode { get; set; } = GuardrailMode.Rules;

    /// <summary>Name of the model that is asked; the default one when left out. A small and fast one is best.</summary>
    public string? Model { get; set; }

    /// <summary>How long a check may take. Then the rules decide instead of the model; a check of somebody else's code fails the run.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);
}
