using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Work;
using StreamChat.ToolWorker.Tools.Ledger;

namespace StreamChat.ToolWorker.Tools;

/// <summary>Runs one call and always comes back with an answer, in time, whatever the tool does.</summary>
internal sealed partial class ToolInvoker(
    ToolRegistry registry, DirectCalls direct, CallLedger ledger, IOptions<ToolWorkerOptions> options, ToolMetrics metrics, ProgressSender progress,
    AbandonedWork abandoned, TimeProvider time, ILogger<ToolInvoker> logger)
{
    private const string Kind = "tool";

    /// <param name="call">What to run.</param>
    /// <param name="cancellationToken">This process stops; the answer then says so.</param>
    public async Task<ToolResult> InvokeAsync(CallTool call, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        registry.TryGet(call.Name, out var tool);
        using var activity = ToolWorkerTelemetry.Source.StartActivity(tool is null ? "execute_tool" : $"execute_tool {call.Name}");
        activity?.SetTag("gen_ai.operation.name", "execute_tool");
        activity?.SetTag("gen_ai.tool.name", call.Name);
        activity?.SetTag("gen_ai.tool.call.id", call.ToolCallId);
        var answer = tool is null ? ToolAnswer.Failed(ToolOutcomes.NotFound, NotFound(call))
            : call.IsDirect() && !direct.Allows(tool) ? RefuseDirect(call)
            : await RunAsync(tool, call, cancellationToken);
        if (answer.Outcome != ToolOutcomes.Ok)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            activity?.SetTag("error.type", answer.Outcome);
        }

        metrics.Called(tool?.Function.Name, answer.Outcome, time.GetElapsedTime(started));
        return new ToolResult { ToolCallId = call.ToolCallId, Result = answer.Result, Error = answer.Error, Context = answer.Patch };
    }

    private static string NotFound(CallTool call) => $"Tool not found: {call.Name}";

    /// <summary>In the words for a tool that does not exist, so that a client cannot find out which tools the agents have.</summary>
    private ToolAnswer RefuseDirect(CallTool call)
    {
        LogRefusedDirect(call.Name, call.RunId);
        return ToolAnswer.Failed(ToolOutcomes.NotDirect, NotFound(call));
    }

    private async Task<ToolAnswer> RunAsync(Tool tool, CallTool call, CancellationToken cancellationToken)
    {
        AIFunctionArguments arguments;
        try
        {
            arguments = tool.ChecksArguments ? ToolArguments.Read(tool.Function.JsonSchema, call.Arguments) : ToolArguments.Read(call.Arguments);
        }
        catch (ToolException e)
        {
            return ToolAnswer.Failed(ToolOutcomes.InvalidArguments, e.Message);
        }

        var timeout = call.Timeout < tool.Timeout ? call.Timeout : tool.Timeout;
        timeout = timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout;
        using var reports = progress.Begin(call);
        var context = new ToolCallContext(call, reports.Report);
        arguments.Context = new Dictionary<object, object?>
        {
            [typeof(ToolCallContext)] = context,
            [ToolCallKeys.UserId] = call.UserId,
            [ToolCallKeys.ThreadId] = call.ThreadId,
            [ToolCallKeys.RunId] = call.RunId.ToString(),
            [ToolCallKeys.ToolCallId] = call.ToolCallId,
        };
        using var deadline = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return tool.SafeToRepeat
                ? await OnceAsync(linked.Token)
                : await ledger.RunAsync(tool, call, context, OnceAsync, linked.Token).WaitAsync(linked.Token);
        }
        catch (ToolException e)
        {
            return ToolAnswer.Failed(ToolOutcomes.ToolError, e.Message);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            LogTimeout(call.Name, timeout, call.RunId);
            var seconds = timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            return ToolAnswer.Failed(ToolOutcomes.Timeout, $"The tool did not answer within {seconds} s.{Doubt(tool)}");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ToolAnswer.Failed(ToolOutcomes.Stopped, $"The tool was stopped before it answered.{Doubt(tool)}");
        }
        catch (Exception e)
        {
            abandoned.CountTimeout(Kind, e);
            LogFailed(call.Name, call.RunId, e.GetType());
            LogFailedSensitive(call.Name, call.RunId, e);
            return ToolAnswer.Failed(ToolOutcomes.Failed, ToolAnswer.FailedText);
        }

        // behind the ledger: a call that took effect before is still answered with its result
        async Task<ToolAnswer> OnceAsync(CancellationToken token) => abandoned.IsFull
            ? ToolAnswer.Failed(ToolOutcomes.Overloaded, "Tools are overloaded at the moment. Try again later.")
            : Limit(ToJson(await InvokeAsync(tool, call, arguments, token))) with { Patch = context.Patch };
    }

    /// <summary>What a model has to know of a tool that was left before it answered.</summary>
    private static string Doubt(Tool tool) => tool.SafeToRepeat ? "" : " It is not known whether it took effect.";

    /// <summary>
    /// Leaves the tool behind when the token fires, also one that ignores it, or blocks its thread and never reaches an await. Not one
    /// in a transaction, which must not end under it; it is ours, and heeds the token.
    /// </summary>
    private async Task<object?> InvokeAsync(Tool tool, CallTool call, AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var work = Task.Run(() => tool.Function.InvokeAsync(arguments, cancellationToken).AsTask(), cancellationToken);
        if (tool.InTransaction)
        {
            return await work;
        }

        try
        {
            return await work.WaitAsync(cancellationToken);
        }
        finally
        {
            if (!work.IsCompleted)
            {
                abandoned.Leave(Kind, work, () => LogAbandoned(call.Name, call.RunId, abandoned.Count));
            }
        }
    }

    private static JsonElement ToJson(object? value) =>
        value is JsonElement json ? json : JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions);

    private ToolAnswer Limit(JsonElement result)
    {
        var bytes = Encoding.UTF8.GetByteCount(result.GetRawText());
        var limit = options.Value.MaxResultBytes;
        return bytes <= limit
            ? new ToolAnswer(ToolOutcomes.Ok, result, null)
            : ToolAnswer.Failed(ToolOutcomes.TooLarge, $"The tool's result is too large: {bytes} bytes, where {limit} are allowed.");
    }

    [LoggerMessage(3001, LogLevel.Warning, "Tool {Tool} did not answer within {Timeout} for run {RunId}.")]
    private partial void LogTimeout(string tool, TimeSpan timeout, Guid runId);

    [LoggerMessage(3002, LogLevel.Warning, "Tool {Tool} failed with {ExceptionType} for run {RunId}.")]
    private partial void LogFailed(string tool, Guid runId, Type exceptionType);

    [LoggerMessage(3950, LogLevel.Warning, "Tool {Tool} did not stop at the deadline of its call for run {RunId} and was abandoned. {Abandoned} abandoned computations still run in this process.")]
    private partial void LogAbandoned(string tool, Guid runId, int abandoned);

    // Debug: a client decides how often it happens
    [LoggerMessage(3004, LogLevel.Debug, "Rejected direct call {CallId} of tool {Tool}: Tools:Direct does not allow it. The client received 'tool not found'.")]
    private partial void LogRefusedDirect(string tool, Guid callId);

    // Trace: the text of an exception may quote the arguments
    [LoggerMessage(3003, LogLevel.Trace, "Tool {Tool} failed for run {RunId}.")]
    private partial void LogFailedSensitive(string tool, Guid runId, Exception exception);
}
