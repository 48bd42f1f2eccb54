using System.Collections.Concurrent;
using Microsoft.SemanticKernel;
using StreamChat.Contracts.Tools;

namespace StreamChat.Samples.SemanticKernel;

/// <summary>A call that waits for a person.</summary>
/// <param name="Id">The id of the tool call.</param>
/// <param name="User">On whose behalf it is.</param>
/// <param name="Function">The tool's name.</param>
/// <param name="Arguments">What it is called with.</param>
internal sealed record PendingApproval(string Id, string User, string Function, IReadOnlyDictionary<string, string?> Arguments);

/// <summary>
/// The calls that wait for a person, in the memory of this process. A real host keeps them where all its agent-workers see them, and authenticates
/// those who approve.
/// </summary>
internal sealed class Approvals
{
    private readonly ConcurrentDictionary<string, (PendingApproval Call, TaskCompletionSource<bool> Answer)> _pending = new(StringComparer.Ordinal);

    public IEnumerable<PendingApproval> Pending => _pending.Values.Select(p => p.Call);

    /// <summary>Waits until somebody answers; the cancel and the wall time of the run end it.</summary>
    public async Task<bool> AskAsync(PendingApproval call, CancellationToken cancellationToken)
    {
        var pending = _pending.GetOrAdd(call.Id, _ => (call, new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)));
        try
        {
            return await pending.Answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _pending.TryRemove(call.Id, out _);
        }
    }

    public bool TryAnswer(string id, bool approved) => _pending.TryGetValue(id, out var pending) && pending.Answer.TrySetResult(approved);
}

/// <summary>Asks a person before a lamp is switched. It sees the calls of all agents, whichever process runs the tool.</summary>
internal sealed class ApprovalFilter(Approvals approvals) : IFunctionInvocationFilter
{
    public async Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
    {
        if (context.Function.Name != "lights_switch")
        {
            await next(context);
            return;
        }

        PendingApproval call = new(
            (string)context.Kernel.Data[ToolCallKeys.ToolCallId]!,
            (string)context.Kernel.Data[ToolCallKeys.UserId]!,
            context.Function.Name,
            context.Arguments.ToDictionary(a => a.Key, a => a.Value?.ToString()));
        if (await approvals.AskAsync(call, context.CancellationToken))
        {
            await next(context);
        }
        else
        {
            // the model reads this in the place of the tool's answer
            context.Result = new FunctionResult(context.Result, "A person rejected this call.");
        }
    }
}

/// <summary>Where people see what waits for them and answer.</summary>
internal static class ApprovalEndpoints
{
    public static void MapApprovals(this IEndpointRouteBuilder app)
    {
        app.MapGet("/approvals", (Approvals approvals) => approvals.Pending);
        app.MapPost("/approvals/{id}/{answer:regex(^(approve|reject)$)}", (string id, string answer, Approvals approvals) =>
            approvals.TryAnswer(id, answer == "approve") ? Results.NoContent() : Results.NotFound());
    }
}
