using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.Hosting.Options;
using StreamChat.Hosting.Work;

namespace StreamChat.AgentWorker.Agents.Guardrails;

/// <summary>What checks the users' messages.</summary>
public static class GuardrailRegistration
{
    /// <summary>Adds a guardrail of your own.</summary>
    /// <typeparam name="T">What checks; one for all runs, which come side by side.</typeparam>
    /// <param name="services">Where to register.</param>
    /// <param name="name">What agents' <c>InputGuardrails</c> and clients call it.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddInputGuardrail<T>(this IServiceCollection services, string name)
        where T : class, IInputGuardrail => services.AddKeyedSingleton<IInputGuardrail, T>(name).AddSingleton(new GuardrailName(name));

    internal static void AddGuardrails(this IServiceCollection services)
    {
        services.AddValidatedOptions<GuardrailOptions>(GuardrailOptions.Section);
        services.AddSingleton<IValidateOptions<GuardrailOptions>, GuardrailModelRule>();
        services.AddSingleton<IValidateOptions<AgentsOptions>, GuardrailNameRule>();
        services.AddAbandonedWork();
        services.AddSingleton<GuardrailMetrics>();
        services.AddSingleton<ModelJudge>();
        services.AddInputGuardrail<JailbreakGuardrail>(GuardrailNames.Jailbreak);
        services.AddInputGuardrail<RelevanceGuardrail>(GuardrailNames.Relevance);
        services.AddSingleton<InputChecks>();
    }
}

/// <summary>A guardrail there is.</summary>
internal sealed record GuardrailName(string Name);
