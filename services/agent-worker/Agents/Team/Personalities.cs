using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Agents;

namespace StreamChat.AgentWorker.Agents.Team;

/// <summary>Section <c>Personalities</c>: manners of answering by id, each for any agent. An entry with the id of a shipped one changes it.</summary>
internal sealed class PersonalitiesOptions() : Dictionary<string, Personality>(StringComparer.OrdinalIgnoreCase), IValidatableObject
{
    public const string Section = "Personalities";

    private const float HottestTemperature = 2;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from personality in this
        where personality.Value.Temperature is < 0 or > HottestTemperature or float.NaN
        select new ValidationResult($"Is from 0 to {HottestTemperature}.", [$"{personality.Key}:{nameof(Personality.Temperature)}"]);
}

/// <summary>One manner of answering.</summary>
internal sealed class Personality
{
    /// <summary>How the answers sound, for people who choose; its id when left out.</summary>
    public string? Description { get; set; }

    /// <summary>What the model is told of it, besides the agent's own instructions.</summary>
    public string? Instructions { get; set; }

    /// <summary>How freely the model chooses its words, 0 to 2; the model's own default when left out, for some models take no other.</summary>
    public float? Temperature { get; set; }
}

/// <summary>The personalities that clients can ask for.</summary>
internal sealed class Personalities(IOptions<PersonalitiesOptions> options)
{
    private static readonly Dictionary<string, Personality> Shipped = new(StringComparer.OrdinalIgnoreCase)
    {
        ["friendly"] = new() { Description = "Warm and encouraging.", Instructions = "Be warm and encouraging, as a good friend would be, and use everyday words." },
        ["professional"] = new() { Description = "Polite, precise and factual.", Instructions = "Be polite, precise and factual, as in a letter between businesses; no slang and no emoji." },
        ["concise"] = new() { Description = "As few words as possible.", Instructions = "Answer in as few words as the matter allows: no preamble, no repetition, no closing phrase." },
    };

    /// <summary>All of them, by id.</summary>
    public IReadOnlyList<PersonalityDescription> All { get; } =
    [
        .. Shipped.Keys.Union(options.Value.Keys, StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)
            .Select(id => new PersonalityDescription { Id = id, Description = Of(id, options.Value)?.Description ?? id }),
    ];

    /// <returns>Null when there is none of this id.</returns>
    public Personality? Find(string? id) => id is null ? null : Of(id, options.Value);

    private static Personality? Of(string id, PersonalitiesOptions configured)
    {
        var shipped = Shipped.GetValueOrDefault(id);
        return configured.TryGetValue(id, out var changed)
            ? new Personality
            {
                Description = changed.Description ?? shipped?.Description,
                Instructions = changed.Instructions ?? shipped?.Instructions,
                Temperature = changed.Temperature ?? shipped?.Temperature,
            }
            : shipped;
    }
}
