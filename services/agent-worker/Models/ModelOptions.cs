using System.ComponentModel.DataAnnotations;

namespace StreamChat.AgentWorker.Models;

/// <summary>Whose model answers.</summary>
internal enum ModelProvider
{
    /// <summary>The built-in one: deterministic, needs no key and no network.</summary>
    Demo,

    /// <summary>Any endpoint that speaks the chat completions of OpenAI.</summary>
    OpenAI,

    /// <summary>Any endpoint that speaks the messages of Anthropic.</summary>
    Anthropic,

    /// <summary>A client that the host hands over in code: see <see cref="ModelRegistration"/>.</summary>
    Custom,
}

/// <summary>Where one model is to be had.</summary>
internal class ModelSettings
{
    /// <summary>The provider.</summary>
    public ModelProvider? Provider { get; set; }

    /// <summary>Base address of its interface; the provider's own when left out.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The key; may be left out where an endpoint of one's own wants none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>What the provider calls the model.</summary>
    public string? Name { get; set; }

    /// <summary>The most tokens that one reply may have; what the provider takes for it when left out, 4096 for Anthropic, which wants a number.</summary>
    public int? MaxOutputTokens { get; set; }

    /// <summary>
    /// Whether the model goes on with the last message when that is the assistant's, so that a run whose worker died goes on where it was. Not
    /// all do: OpenAI's begin a new message; llama.cpp, Ollama and earlier models of Anthropic go on.
    /// </summary>
    public bool ContinuesPrefix { get; set; }

    /// <summary>
    /// False keeps it from requests: clients neither see it nor name it. Agents, guardrails and fallbacks use it. The default model is
    /// always offered, because a request without a model gets it.
    /// </summary>
    public bool Offered { get; set; } = true;
}

/// <summary>Section <c>Model</c>: the model that answers unless an agent or a request names another, and how all models are asked.</summary>
internal sealed class ModelOptions : ModelSettings, IValidatableObject
{
    public const string Section = "Model";

    public ModelOptions() => Provider = ModelProvider.Demo;

    /// <summary>Names of the models to ask, in this order, when the one that was to answer cannot.</summary>
    public string[] Fallback { get; set; } = [];

    /// <summary>How often a model is asked before it counts as failed. Nothing is asked again once it has begun to answer.</summary>
    [Range(1, 10)]
    public int Attempts { get; set; } = 3;

    /// <summary>The first pause between two attempts; each next one is twice as long, and all are spread by chance.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause, also of those that a provider asks for: one that wants a longer one is not asked again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:05:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a model may take to begin its answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:25:00")]
    public TimeSpan FirstTokenTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a model may fall silent in the middle of its answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:25:00")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ModelRules.Check(ModelRules.Default(this), prefix: "");
}

/// <summary>Section <c>Models</c>: further models by name, each for agents and requests to choose.</summary>
internal sealed class ModelsOptions() : Dictionary<string, ModelSettings>(StringComparer.OrdinalIgnoreCase), IValidatableObject
{
    public const string Section = "Models";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        this.SelectMany(m => ModelRules.IsAnother(m.Value)
            ? [] // stands on Model's provider, which is checked with it
            : ModelRules.Check(ModelRules.Named(m.Key, m.Value, new ModelOptions()), $"{m.Key}:"));
}
