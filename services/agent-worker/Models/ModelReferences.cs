using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents.Team;

namespace StreamChat.AgentWorker.Models;

/// <summary>Checks at start that whoever names a model names one that there is.</summary>
internal sealed class ModelReferences(IOptions<ModelsOptions> others, IEnumerable<RegisteredModel> registered, IServiceProvider services) : IValidateOptions<ModelOptions>, IValidateOptions<AgentsOptions>
{
    public ValidateOptionsResult Validate(string? name, ModelOptions options)
    {
        var names = Names(options);
        var first = ModelRules.Default(options);
        List<string> failures = [.. options.Fallback.Where(f => !names.Contains(f)).Select(f => $"{ModelOptions.Section}:{nameof(options.Fallback)}: There is no model '{f}'.")];
        if (others.Value.ContainsKey(first.Name))
        {
            failures.Add($"{ModelsOptions.Section}:{first.Name}: Is the name of the default model.");
        }

        foreach (var model in registered.Where(r => others.Value.ContainsKey(r.Name) || (first.Provider != ModelProvider.Custom && r.Is(first.Name))))
        {
            failures.Add($"A model that was added in code is named '{model.Name}', as is one that is configured.");
        }

        if (first.Provider == ModelProvider.Custom && !registered.Any(r => r.Is(first.Name)))
        {
            failures.Add($"{ModelOptions.Section}:{nameof(options.Name)}: No model was added in code under the name '{first.Name}'.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    public ValidateOptionsResult Validate(string? name, AgentsOptions options)
    {
        var names = Names(services.GetRequiredService<IOptions<ModelOptions>>().Value);
        var failures = options.Team.Where(a => a.Value.Model is { } model && !names.Contains(model))
            .Select(a => $"{AgentsOptions.Section}:{nameof(options.Team)}:{a.Key}:{nameof(a.Value.Model)}: There is no model '{a.Value.Model}'.")
            .ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private HashSet<string> Names(ModelOptions model) => ModelRules.All(model, others.Value, registered).Select(m => m.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
}
