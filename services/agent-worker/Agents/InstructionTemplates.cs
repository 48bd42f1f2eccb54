using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.TextGeneration;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.Contracts.Tools;

namespace StreamChat.AgentWorker.Agents;

/// <summary>The prompt template that an agent's instructions are rendered from.</summary>
/// <param name="AgentId">The agent's id; upper and lower case are one.</param>
/// <param name="Function">Renders the template and passes the text to the text service of its kernel.</param>
internal sealed record InstructionTemplate(string AgentId, KernelFunction Function);

/// <summary>
/// Renders the instructions of agents that have a template, once for each part of a run that the agent has. An agent without one costs a
/// look-up and has no kernel.
/// </summary>
internal sealed class InstructionTemplates(IEnumerable<InstructionTemplate> templates, IServiceScopeFactory scopes) : IValidateOptions<AgentsOptions>
{
    /// <summary>The argument that holds the configured instructions.</summary>
    internal const string Configured = "instructions";

    private readonly Dictionary<string, KernelFunction> _byAgent = templates.ToDictionary(t => t.AgentId, t => t.Function, StringComparer.OrdinalIgnoreCase);

    /// <summary>Each template is for an agent that exists, so that a wrong id does not go unnoticed.</summary>
    public ValidateOptionsResult Validate(string? name, AgentsOptions options)
    {
        var ids = TeamRules.Merge(options).Select(a => a.Key).ToList();
        var failures = _byAgent.Keys.Except(ids, StringComparer.OrdinalIgnoreCase)
            .Select(id => $"An instruction template was added for the agent '{id}', which does not exist. There are: {string.Join(", ", ids)}.")
            .ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <exception cref="InvalidOperationException">A template, a function that it calls, or a filter failed. An agent does not answer without its instructions.</exception>
    public ValueTask<string> RenderAsync(Agent agent, AgentTask task, CancellationToken cancellationToken) =>
        _byAgent.TryGetValue(agent.Id, out var function) ? new(RenderAsync(function, agent, task, cancellationToken)) : new(agent.Instructions);

    private async Task<string> RenderAsync(KernelFunction function, Agent agent, AgentTask task, CancellationToken cancellationToken)
    {
        try
        {
            // a filter or a function of the host may hang; the run does not
            return await InvokeAsync(function, agent, task, cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // without the exception itself: its message may quote what the user wrote
            throw new InvalidOperationException($"Rendering the instructions of agent {agent.Id} failed: {(e.InnerException ?? e).GetType().Name}.");
        }
    }

    private async Task<string> InvokeAsync(KernelFunction function, Agent agent, AgentTask task, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var host = scope.ServiceProvider.GetService<Kernel>();
        Kernel kernel = new(new EchoingServices(host?.Services ?? scope.ServiceProvider), host?.Plugins);
        KernelArguments arguments = new()
        {
            [Configured] = agent.Instructions,
            ["agent"] = agent.Name,
            [ToolCallKeys.UserId] = task.UserId,
            [ToolCallKeys.ThreadId] = task.ThreadId,
            [ToolCallKeys.RunId] = task.RunId.ToString(),
        };
        foreach (var key in new[] { ToolCallKeys.UserId, ToolCallKeys.ThreadId, ToolCallKeys.RunId })
        {
            kernel.Data[key] = arguments[key];
        }

        return (await function.InvokeAsync(kernel, arguments, cancellationToken)).ToString();
    }

    /// <summary>
    /// The host's services with a text service in front that answers with its prompt. Semantic Kernel runs <see cref="IPromptRenderFilter"/>s only
    /// on the way to a model, and this model returns what the filters left.
    /// </summary>
    private sealed class EchoingServices(IServiceProvider inner) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(IAIServiceSelector) ? Echo.Instance : inner.GetService(serviceType);
    }

    private sealed class Echo : IAIServiceSelector, ITextGenerationService
    {
        public static Echo Instance { get; } = new();

        public IReadOnlyDictionary<string, object?> Attributes { get; } = new Dictionary<string, object?>();

        public bool TrySelectAIService<T>(
            Kernel kernel, KernelFunction function, KernelArguments arguments, [NotNullWhen(true)] out T? service, out PromptExecutionSettings? serviceSettings)
            where T : class, Microsoft.SemanticKernel.Services.IAIService
        {
            // as a chat service it would be given the prompt parsed as messages
            service = typeof(T) == typeof(ITextGenerationService) ? (T)(object)this : null;
            serviceSettings = null;
            return service is not null;
        }

        public Task<IReadOnlyList<TextContent>> GetTextContentsAsync(
            string prompt, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default) =>
            Task.FromResult<IReadOnlyList<TextContent>>([new TextContent(prompt)]);

        public async IAsyncEnumerable<StreamingTextContent> GetStreamingTextContentsAsync(
            string prompt, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            yield return new StreamingTextContent(prompt);
        }
    }
}
