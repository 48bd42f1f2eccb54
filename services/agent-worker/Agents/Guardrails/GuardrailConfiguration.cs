using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Models;

namespace StreamChat.AgentWorker.Agents.Guardrails;

/// <summary>Agents name only guardrails that there are: a name that nothing enforces would be a promise to the clients who see it.</summary>
internal sealed class GuardrailNameRule(IEnumerable<GuardrailName> known) : IValidateOptions<AgentsOptions>
{
    public ValidateOptionsResult Validate(string? name, AgentsOptions options)
    {
        var names = known.Select(k => k.Name).ToHashSet(StringComparer.Ordinal);
        var failures = TeamRules.Merge(options)
            .SelectMany(agent => (agent.Value.InputGuardrails ?? []).Where(g => !names.Contains(g)).Select(g =>
                $"{AgentsOptions.Section}:{nameof(AgentsOptions.Team)}:{agent.Key}:{nameof(AgentSettings.InputGuardrails)}: There is no guardrail '{g}'. There are: {string.Join(", ", names)}."))
            .ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}

/// <summary>The model that is to judge exists.</summary>
internal sealed class GuardrailModelRule(IModelDirectory models) : IValidateOptions<GuardrailOptions>
{
    public ValidateOptionsResult Validate(string? name, GuardrailOptions options) =>
        options.Model is not { } model || models.All.Any(m => m.Name.Equals(model, StringComparison.OrdinalIgnoreCase))
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{GuardrailOptions.Section}:{nameof(options.Model)}: There is no model '{model}'. There are: {string.Join(", ", models.All.Select(m => m.Name))}.");
}
