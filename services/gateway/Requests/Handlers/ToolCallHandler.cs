using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts;
using StreamChat.Contracts.Tools;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Limits;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>
/// Passes a client's own tool call to the tool-workers, without any model. Marks it as direct, so that the tool-worker runs it only if
/// <c>Tools:Direct</c> allows the tool: this process knows names only and cannot decide that.
/// </summary>
internal sealed partial class ToolCallHandler(
    IServiceScopeFactory scopes, Authenticator authenticator, UserToolCalls calls, GatewayTelemetry telemetry, IOptions<LimitsOptions> limits,
    IOptions<BusOptions> bus, IIdGenerator ids, TimeProvider time, ILogger<ToolCallHandler> logger)
    : RequestHandler<ToolCallRequest>
{
    // the tool-worker enforces the same deadline and should be the one to speak
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    protected override async ValueTask HandleAsync(RequestContext context, ToolCallRequest request)
    {
        var caller = context.Connection.Caller;
        if (authenticator.Required && (caller.IsAnonymous || caller.UserId == KnownUsers.Anonymous))
        {
            context.Refuse(FaultCodes.Forbidden, "Only a named user may call tools.");
            return;
        }

        if (ArgumentBounds.Bytes(request.Arguments) is var bytes && bytes > limits.Value.ToolArguments)
        {
            telemetry.LimitReached("tool_arguments");
            context.Refuse(FaultCodes.TooLarge, $"The parameters have {bytes} bytes; at most {limits.Value.ToolArguments} are allowed.");
            return;
        }

        if (ArgumentBounds.AreTooDeep(request.Arguments))
        {
            context.Refuse(FaultCodes.TooLarge, $"The parameters nest deeper than {ArgumentBounds.MostLevels} levels.");
            return;
        }

        if (!calls.TryEnter(caller.IsAnonymous ? $"connection:{context.Connection.Id}" : $"user:{caller.UserId}", out var slot))
        {
            telemetry.LimitReached("tool_calls_per_user");
            context.Refuse(FaultCodes.Busy, "You are calling too many tools at once. Please wait for an answer first.", retryable: true);
            return;
        }

        await AnswerAsync(context, request, slot);
    }

    private async ValueTask AnswerAsync(RequestContext context, ToolCallRequest request, IDisposable slot)
    {
        try
        {
            // A cancel ends the wait only. The tool runs on and keeps its slot: else a client that calls and cancels has any number of them.
            var calling = CallAsync(context, request, slot);
            _ = calling.ContinueWith(
                static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            var result = await calling.WaitAsync(context.Stopping);
            context.Connection.Send(new ToolCalled(request.Name, result.Result, result.Error));
        }
        catch (Exception) when (context.Stopping.IsCancellationRequested)
        {
            // nobody waits for the answer any more, and the bus has words of its own for that
        }
        catch (Exception e) when (e is RequestTimeoutException or TimeoutException)
        {
            context.Connection.Send(new ToolCalled(request.Name, null, $"no answer within {limits.Value.ToolCall.TotalSeconds:0.#} s"));
        }
        catch (Exception e)
        {
            LogFailed(request.Name, e);
            context.Connection.Send(new ToolCalled(request.Name, null, "the tools cannot be reached at the moment"));
        }
    }

    private async Task<ToolResult> CallAsync(RequestContext context, ToolCallRequest request, IDisposable slot)
    {
        using var held = slot;
        context.Stopping.ThrowIfCancellationRequested();
        var timeout = limits.Value.ToolCall;
        var callId = ids.NewUuid();
        var call = new CallTool
        {
            RunId = callId,
            ToolCallId = callId.ToString(),
            Name = request.Name,
            Arguments = request.Arguments,
            UserId = context.Connection.UserId,
            ThreadId = $"~tool/{callId}",
            Direct = true,
            Timeout = timeout,
        };
        return await scopes.AskAsync<CallTool, ToolResult>(call, timeout + Grace, timeout + Grace + bus.Value.PublishTimeout, time, CancellationToken.None);
    }

    [LoggerMessage(1311, LogLevel.Warning, "Tool {Tool} could not be called.")]
    private partial void LogFailed(string tool, Exception exception);
}
