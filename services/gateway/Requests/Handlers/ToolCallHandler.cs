using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.Gateway.Dialects;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Calls a tool straight at the tool-workers, without any model.</summary>
internal sealed partial class ToolCallHandler(
    IServiceScopeFactory scopes, IOptions<LimitsOptions> limits, IOptions<BusOptions> bus, IIdGenerator ids, TimeProvider time, ILogger<ToolCallHandler> logger)
    : RequestHandler<ToolCallRequest>
{
    // the tool-worker enforces the same deadline and should be the one to speak
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    protected override async ValueTask HandleAsync(RequestContext context, ToolCallRequest request)
    {
        try
        {
            var result = await CallAsync(context, request);
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

    private Task<ToolResult> CallAsync(RequestContext context, ToolCallRequest request)
    {
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
            Timeout = timeout,
        };
        return scopes.AskAsync<CallTool, ToolResult>(call, timeout + Grace, timeout + Grace + bus.Value.PublishTimeout, time, context.Stopping);
    }

    [LoggerMessage(1311, LogLevel.Warning, "Tool {Tool} could not be called.")]
    private partial void LogFailed(string tool, Exception exception);
}
