using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;

namespace StreamChat.ToolWorker.Tools;

/// <summary>Runs one call and always comes back with an answer, in time, whatever the tool does.</summary>
internal sealed partial class ToolInvoker(
    ToolRegistry registry, IOptions<ToolWorkerOptions> options, ToolMetrics metrics, ProgressSender progress, TimeProvider time,
    ILogger<ToolInvoker> logger)
{
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
        var answer = tool is null
            ? Answer.Failed(ToolOutcomes.NotFound, $"Tool not found: {call.Name}")
            : await RunAsync(tool, call, cancellationToken);
        if (answer.Outcome != ToolOutcomes.Ok)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            activity?.SetTag("error.type", answer.Outcome);
        }

        metrics.Called(tool?.Function.Name, answer.Outcome, time.GetElapsedTime(started));
        return new ToolResult { ToolCallId = call.ToolCallId, Result = answer.Result, Error = answer.Error, Context = answer.Patch };
    }

    private async Task<Answer> RunAsync(Tool tool, CallTool call, CancellationToken cancellationToken)
    {
        AIFunctionArguments arguments;
        try
        {
            arguments = tool.ChecksArguments ? ToolArguments.Read(tool.Function.JsonSchema, call.Arguments) : ToolArguments.Read(call.Arguments);
        }
        catch (ToolException e)
        {
            return Answer.Failed(ToolOutcomes.InvalidArguments, e.Message);
        }

        var timeout = call.Timeout < tool.Timeout ? call.Timeout : tool.Timeout;
        timeout = timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout;
        using var reports = progress.Begin(call);
        var context = new ToolCallContext(call, reports.Report);
        arguments.Context = new Dictionary<object, object?> { [typeof(ToolCallContext)] = context };
        using var deadline = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return Limit(ToJson(await InvokeAsync(tool.Function, arguments, linked.Token))) with { Patch = context.Patch };
        }
        catch (ToolException e)
        {
            return Answer.Failed(ToolOutcomes.ToolError, e.Message);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            LogTimeout(call.Name, timeout, call.RunId);
            var seconds = timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            return Answer.Failed(ToolOutcomes.Timeout, $"The tool did not answer within {seconds} s.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Answer.Failed(ToolOutcomes.Stopped, "The tool was stopped before it answered.");
        }
        catch (Exception e)
        {
            LogFailed(call.Name, call.RunId, e.GetType());
            LogFailedSensitive(call.Name, call.RunId, e);
            return Answer.Failed(ToolOutcomes.Failed, "The tool failed.");
        }
    }

    /// <summary>
    /// Leaves the tool behind when the token fires, also one that ignores it, or blocks its thread and never reaches an await.
    /// </summary>
    private static Task<object?> InvokeAsync(AIFunction function, AIFunctionArguments arguments, CancellationToken cancellationToken) =>
        Task.Run(() => function.InvokeAsync(arguments, cancellationToken).AsTask(), cancellationToken).WaitAsync(cancellationToken);

    private static JsonElement ToJson(object? value) =>
        value is JsonElement json ? json : JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions);

    private Answer Limit(JsonElement result)
    {
        var bytes = Encoding.UTF8.GetByteCount(result.GetRawText());
        var limit = options.Value.MaxResultBytes;
        return bytes <= limit
            ? new Answer(ToolOutcomes.Ok, result, null)
            : Answer.Failed(ToolOutcomes.TooLarge, $"The tool's result is too large: {bytes} bytes, where {limit} are allowed.");
    }

    [LoggerMessage(3001, LogLevel.Warning, "Tool {Tool} did not answer within {Timeout} for run {RunId}.")]
    private partial void LogTimeout(string tool, TimeSpan timeout, Guid runId);

    [LoggerMessage(3002, LogLevel.Warning, "Tool {Tool} failed with {ExceptionType} for run {RunId}.")]
    private partial void LogFailed(string tool, Guid runId, Type exceptionType);

    // what an exception says may quote the arguments
    [LoggerMessage(3003, LogLevel.Trace, "Tool {Tool} failed for run {RunId}.")]
    private partial void LogFailedSensitive(string tool, Guid runId, Exception exception);

    private sealed record Answer(string Outcome, JsonElement? Result, string? Error)
    {
        public JsonElement? Patch { get; init; }

        public static Answer Failed(string outcome, string error) => new(outcome, null, error);
    }
}
