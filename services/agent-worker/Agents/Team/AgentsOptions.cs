using System.ComponentModel.DataAnnotations;

namespace StreamChat.AgentWorker.Agents.Team;

/// <summary>Section <c>Agents</c>: who answers. Those of <see cref="ShippedAgents"/> are there without any configuration.</summary>
internal sealed class AgentsOptions : IValidatableObject
{
    public const string Section = "Agents";

    /// <summary>Stands for all tools in an agent's list of tools.</summary>
    public const string EveryTool = "*";

    /// <summary>Id of the agent that a new conversation begins with.</summary>
    [Required]
    public string Start { get; set; } = ShippedAgents.Triage;

    /// <summary>The agents by id. An entry with the id of a shipped one changes it, any other adds one.</summary>
    public Dictionary<string, AgentSettings> Team { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How often the agents are announced to the gateways.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan AnnounceInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TeamRules.Check(this);
}

/// <summary>What an operator says of one agent. What is left out stays as shipped.</summary>
internal sealed class AgentSettings
{
    /// <summary>False takes a shipped agent off the team.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// False keeps it from requests: clients neither see it nor name it, and only agents that may hand on to it reach it, after their own
    /// guardrails.
    /// </summary>
    public bool Offered { get; set; } = true;

    /// <summary>Its name, unique; its id when left out.</summary>
    public string? Name { get; set; }

    /// <summary>What it is for, in a sentence.</summary>
    public string? Description { get; set; }

    /// <summary>What the model is told before the conversation.</summary>
    public string? Instructions { get; set; }

    /// <summary>Name of the model that it speaks through; the default one when left out.</summary>
    public string? Model { get; set; }

    /// <summary>Names of the tools that it may call, or <c>*</c> for all. Those that nobody offers are just not there.</summary>
    public string[]? Tools { get; set; }

    /// <summary>Ids of the agents that it may hand the user on to; when left out, all others for the first agent and the first agent for all others.</summary>
    public string[]? HandOffs { get; set; }

    /// <summary>Names of the checks on what the user says.</summary>
    public string[]? InputGuardrails { get; set; }

    /// <summary>These settings where they say something, else the others.</summary>
    public AgentSettings Over(AgentSettings others) => new()
    {
        Enabled = Enabled && others.Enabled,
        Offered = Offered && others.Offered,
        Name = Name ?? others.Name,
        Description = Description ?? others.Description,
        Instructions = Instructions ?? others.Instructions,
        Model = Model ?? others.Model,
        Tools = Tools ?? others.Tools,
        HandOffs = HandOffs ?? others.HandOffs,
        InputGuardrails = InputGuardrails ?? others.InputGuardrails,
    };
}
