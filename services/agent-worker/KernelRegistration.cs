using Microsoft.SemanticKernel;
using StreamChat.AgentWorker.Agents;

namespace StreamChat.AgentWorker;

/// <summary>Brings Semantic Kernel into the turns of agents: filters around their tool calls, and prompt templates as their instructions.</summary>
public static class KernelRegistration
{
    /// <summary>
    /// Adds a filter around each call of a tool that an agent's model makes, whichever tool-worker runs it. It reads on whose behalf the call is from
    /// <see cref="Kernel.Data"/> (<see cref="Contracts.Tools.ToolCallKeys"/>), may change the arguments before it calls <c>next</c> and the result after
    /// it, and may set a result without calling <c>next</c>: the model reads that in the place of the tool's answer. A call that failed throws from
    /// <c>next</c>. A filter that throws makes the call fail; one that waits is ended by the cancel or the wall time of the run. After the death of
    /// a worker it may run again for the same call id. <c>next</c> takes effect once: a second one gets the result of the first.
    /// </summary>
    /// <typeparam name="TFilter">The filter. The container makes one for each call, with services of a scope.</typeparam>
    /// <param name="services">Where to register.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddToolCallFilter<TFilter>(this IServiceCollection services)
        where TFilter : class, IFunctionInvocationFilter =>
        services.AddKeyedScoped<IFunctionInvocationFilter, TFilter>(FilteredToolCaller.FilterKey);

    /// <summary>
    /// Renders the instructions of an agent from a template, each time that the agent begins to answer. Its variables are <c>instructions</c>
    /// (the configured ones), <c>agent</c> (its name), <c>user_id</c>, <c>thread_id</c> and <c>run_id</c>. It may call the plugins of the <see cref="Kernel"/>
    /// that the container has; they run in the agent-worker. Registered <see cref="IPromptRenderFilter"/>s see the rendering and may change its text, and
    /// <see cref="IFunctionInvocationFilter"/>s see it and the functions that it calls. A rendering that throws ends the run with an internal error;
    /// one that waits is ended by the cancel or the wall time of the run.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="agentId">The agent's id in <c>Agents:Team</c>. The host does not start when there is none.</param>
    /// <param name="template">The template. Text is inserted as it is, without being encoded for markup.</param>
    /// <param name="factory">Parses the template; null for the format of Semantic Kernel (<c>{{$user_id}}</c>, <c>{{plugin.function}}</c>).</param>
    /// <param name="format">The format's name, as the factory calls it; null for that of Semantic Kernel.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">The id or the template is empty, or the agent has a template already.</exception>
    /// <exception cref="KernelException">The template cannot be parsed.</exception>
    public static IServiceCollection AddInstructionTemplate(
        this IServiceCollection services, string agentId, string template, IPromptTemplateFactory? factory = null, string? format = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(agentId);
        ArgumentException.ThrowIfNullOrWhiteSpace(template);
        if (services.Any(s => s.ServiceType == typeof(InstructionTemplate) && s.ImplementationInstance is InstructionTemplate other
            && other.AgentId.Equals(agentId, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException($"The agent '{agentId}' has an instruction template already.", nameof(agentId));
        }

        // nothing parses the rendered text as markup, so encoding would only change what the model reads
        PromptTemplateConfig config = new(template)
        {
            Name = "instructions",
            TemplateFormat = format ?? PromptTemplateConfig.SemanticKernelTemplateFormat,
            AllowDangerouslySetContent = true,
        };
        var function = KernelFunctionFactory.CreateFromPrompt(config, factory ?? new KernelPromptTemplateFactory { AllowDangerouslySetContent = true });
        return services.AddSingleton(new InstructionTemplate(agentId, function));
    }
}
