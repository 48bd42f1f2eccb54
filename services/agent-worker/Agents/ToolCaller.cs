using System.Diagnostics;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents.Progress;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Runs;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Bus.Broker;

namespace StreamChat.AgentWorker.Agents;

/// <summary>What a call of a tool came to.</summary>
/// <param name="Value">The result as JSON; null if it failed.</param>
/// <param name="Error">Why it failed; null if it did not.</param>
internal sealed record ToolOutcome(JsonElement? Value, string? Error)
{
    /// <summary>What the call changed of the thread's context, a JSON Merge Patch; null when nothing.</summary>
    public JsonElement? Context { get; init; }

    /// <summary>The result, or the error, as text: a JSON string as it is, anything else as its JSON.</summary>
    public string Text => Error ?? (Value is { ValueKind: JsonValueKind.String } s ? s.GetString()! : Value?.GetRawText() ?? "null");
}

/// <summary>Hands a tool call to the tool-workers over the bus and always comes back with an outcome, in time.</summary>
internal interface IToolCaller
{
    /// <summary>Makes a call; how far the tool has come is said as events of the run until the outcome is there.</summary>
    /// <exception cref="OperationCanceledException">The run is to stop.</exception>
    Task<ToolOutcome> CallAsync(AgentTurn turn, FunctionCallContent call, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed partial class BusToolCaller(
    IServiceScopeFactory scopes, ToolCatalog catalog, ToolProgressBoard board, WorkerIdentity identity, BrokerWatch broker, IOptions<RunOptions> limits,
    IOptions<BusOptions> bus, TimeProvider time, ILogger<BusToolCaller> logger) : IToolCaller
{
    // the answer has a way to go; the tool-worker, which enforces the same deadline, should be the one to speak
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    // a call is known again by its id, and what it did is not done twice
    private const int MostTries = 3;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    public async Task<ToolOutcome> CallAsync(AgentTurn turn, FunctionCallContent call, CancellationToken cancellationToken)
    {
        using var listening = board.Open(turn.Task.RunId, call.CallId, progress => ToolProgressEvent.Say(turn.Writer, progress));
        using var activity = WorkerTelemetry.Source.StartActivity($"execute_tool {call.Name}");
        activity?.SetTag("gen_ai.operation.name", "execute_tool");
        activity?.SetTag("gen_ai.tool.name", call.Name);
        activity?.SetTag("gen_ai.tool.call.id", call.CallId);
        var outcome = await SendAsync(turn, call, cancellationToken);
        if (outcome.Error is not null)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            activity?.SetTag("error.type", "tool_error");
        }

        return outcome;
    }

    private async Task<ToolOutcome> SendAsync(AgentTurn turn, FunctionCallContent call, CancellationToken cancellationToken)
    {
        if (!catalog.Current().Tools.TryGetValue(call.Name, out var tool))
        {
            return new ToolOutcome(null, $"Tool not found: {call.Name}");
        }

        var arguments = ToolArguments.ToJson(call);
        if (Problem(arguments) is { } problem)
        {
            return new ToolOutcome(null, problem);
        }

        var timeout = tool.Timeout > TimeSpan.Zero && tool.Timeout < limits.Value.ToolTimeout ? tool.Timeout : limits.Value.ToolTimeout;
        var request = new CallTool
        {
            RunId = turn.Task.RunId,
            ToolCallId = call.CallId,
            Name = call.Name,
            Arguments = arguments,
            ThreadId = turn.Task.ThreadId,
            UserId = turn.Task.UserId,
            WorkerId = identity.WorkerId,
            Context = turn.Context.Json,
            Timeout = timeout,
        };
        for (var tries = 1; ; tries++)
        {
            var started = time.GetTimestamp();
            try
            {
                var result = await AskAsync(request, cancellationToken);
                return new ToolOutcome(result.Result, result.Error) { Context = result.Context };
            }
            catch (Exception e) when (e is RequestTimeoutException or TimeoutException)
            {
                if (tries == MostTries || !MayHaveBeenLost(started))
                {
                    return new ToolOutcome(null, $"The tool {call.Name} did not answer within {timeout.TotalSeconds:0.#} s.");
                }

                LogAskedAgain(call.Name, turn.Task.RunId);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                LogCallFailed(call.Name, turn.Task.RunId, e);
                return new ToolOutcome(null, $"The tool {call.Name} could not be reached.");
            }
        }
    }

    private string? Problem(JsonElement arguments) =>
        ArgumentBounds.Bytes(arguments) is var bytes && bytes > limits.Value.ToolArgumentBytes
            ? $"The arguments of the call have {bytes} bytes; at most {limits.Value.ToolArgumentBytes} are allowed."
            : ArgumentBounds.AreTooDeep(arguments) ? $"The arguments of the call nest deeper than {ArgumentBounds.MostLevels} levels."
            : null;

    private Task<ToolResult> AskAsync(CallTool request, CancellationToken cancellationToken)
    {
        var patience = request.Timeout + Grace;
        return scopes.AskAsync<CallTool, ToolResult>(request, patience, patience + bus.Value.PublishTimeout, time, cancellationToken);
    }

    /// <summary>Whether the broker was away since a moment, or shortly before it: tool-workers find their way back each in its own time.</summary>
    private bool MayHaveBeenLost(long started) => broker.State != BrokerState.Available || broker.Since < time.GetElapsedTime(started) + Settling;

    [LoggerMessage(2201, LogLevel.Warning, "Tool {Tool} could not be called for run {RunId}.")]
    private partial void LogCallFailed(string tool, Guid runId, Exception exception);

    [LoggerMessage(2202, LogLevel.Information, "Tool {Tool} did not answer run {RunId}; the broker was away about then, and it is asked again.")]
    private partial void LogAskedAgain(string tool, Guid runId);
}
