using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Runs;
using StreamChat.Contracts.Tools;
using FunctionCallContent = Microsoft.Extensions.AI.FunctionCallContent;

namespace StreamChat.AgentWorker.Agents;

/// <summary>
/// Runs the host's function filters of Semantic Kernel around each call of a tool, wherever that tool runs: the call over the bus is a
/// function that is invoked through a kernel of its own. The checks of arguments, deadlines and the record of calls are inside of it.
/// </summary>
internal sealed partial class FilteredToolCaller(
    BusToolCaller inner, IServiceScopeFactory scopes, IOptions<RunOptions> limits, ILogger<FilteredToolCaller> logger) : IToolCaller
{
    /// <summary>The key of the filters in the container. Those without a key are a tool-worker's, which may be in the same process.</summary>
    internal const string FilterKey = "tool-calls-of-agents";

    private const string FailedText = "The tool failed.";

    public async Task<ToolOutcome> CallAsync(AgentTurn turn, FunctionCallContent call, CancellationToken cancellationToken)
    {
        try
        {
            // a filter may hang or block its thread; the run and its other calls do not
            return await Task.Run(() => InvokeAsync(turn, call, cancellationToken), cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFilterFailed(call.Name, turn.Task.RunId, e.GetType().Name);
            return new ToolOutcome(null, FailedText);
        }
    }

    private async Task<ToolOutcome> InvokeAsync(AgentTurn turn, FunctionCallContent call, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var kernel = new Kernel(scope.ServiceProvider);
        kernel.FunctionInvocationFilters.Clear();
        foreach (var filter in scope.ServiceProvider.GetKeyedServices<IFunctionInvocationFilter>(FilterKey))
        {
            kernel.FunctionInvocationFilters.Add(filter);
        }

        kernel.Data[ToolCallKeys.UserId] = turn.Task.UserId;
        kernel.Data[ToolCallKeys.ThreadId] = turn.Task.ThreadId;
        kernel.Data[ToolCallKeys.RunId] = turn.Task.RunId.ToString();
        kernel.Data[ToolCallKeys.ToolCallId] = call.CallId;
        var function = new DistributedFunction(inner, turn, call);
        try
        {
            var result = (await function.AsKernelFunction().InvokeAsync(kernel, ToolArguments.ToKernel(call), cancellationToken)).GetValue<object>();
            return function.Outcome is { } outcome && ReferenceEquals(result, function.Result) ? outcome : Changed(result, function.Outcome);
        }
        catch (ToolCallFailedException failed)
        {
            return failed.Outcome;
        }
    }

    private ToolOutcome Changed(object? result, ToolOutcome? outcome)
    {
        var value = result switch
        {
            JsonElement json => json,
            KernelContent content => JsonSerializer.SerializeToElement(content.ToString(), AIJsonUtilities.DefaultOptions),
            _ => JsonSerializer.SerializeToElement(result, AIJsonUtilities.DefaultOptions),
        };
        return ArgumentBounds.Bytes(value) > limits.Value.ToolResultBytes
            ? new ToolOutcome(null, "The tool's result is too large.")
            : new ToolOutcome(value, null) { Context = outcome is { Error: null } ? outcome.Context : null };
    }

    [LoggerMessage(2203, LogLevel.Warning, "A filter of tool {Tool} failed in run {RunId} ({Type}). The call counts as failed.")]
    private partial void LogFilterFailed(string tool, Guid runId, string type);

    /// <summary>A failed call, as filters see it.</summary>
    private sealed class ToolCallFailedException(ToolOutcome outcome) : Exception(outcome.Error)
    {
        public ToolOutcome Outcome => outcome;
    }

    /// <summary>The call as a function: with the arguments that filters left it.</summary>
    private sealed class DistributedFunction(BusToolCaller inner, AgentTurn turn, FunctionCallContent call) : AIFunction
    {
        public override string Name => call.Name;

        /// <summary>What the call came to; null when a filter did not let it through.</summary>
        public ToolOutcome? Outcome { get; private set; }

        /// <summary>What it returned; the same object as long as no filter sets another result.</summary>
        public object? Result { get; private set; }

        protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
        {
            Outcome = await inner.CallAsync(turn, new FunctionCallContent(call.CallId, call.Name, new Dictionary<string, object?>(arguments)), cancellationToken);
            return Outcome.Error is null ? Result = Outcome.Value : throw new ToolCallFailedException(Outcome);
        }
    }
}
