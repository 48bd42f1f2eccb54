using Microsoft.SemanticKernel;
using StreamChat.AgentWorker.Agents;

namespace StreamChat.AgentWorker;

/// <summary>Registers filters of Semantic Kernel around the tool calls of all agents: for approval, audit or redaction.</summary>
public static class ToolCallFilterRegistration
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
}
