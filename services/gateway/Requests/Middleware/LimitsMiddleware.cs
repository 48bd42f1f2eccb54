using StreamChat.Contracts.Tools;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Limits;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Middleware;

/// <summary>
/// Keeps everyone to their share: requests by a bucket for the user and one for the address, what waits for the broker by bytes, runs
/// by number. What stops or renews has a bucket of its own, so that someone who has asked too much can still cancel it; what costs
/// nothing has a larger one.
/// </summary>
internal sealed class LimitsMiddleware(
    UserRates rates, AddressLimits addresses, PendingPublishes publishes, UserRuns runs, GatewayTelemetry telemetry) : IRequestMiddleware
{
    public async ValueTask InvokeAsync(RequestContext context, RequestStep next)
    {
        var connection = context.Connection;
        var who = connection.Caller.IsAnonymous ? $"connection:{connection.Id}" : $"user:{connection.UserId}";
        if (context.Frame is PingRequest or PongRequest or IgnoredFrame)
        {
            if (!IsRefused(context, rates.TakeFree($"free:{who}")))
            {
                await next(context);
            }

            return;
        }

        var bucket = context.Frame.IsTurn ? $"turn:{who}" : $"control:{who}";
        if (IsRefused(context, rates.Take(bucket))
            || IsRefused(context, context.Frame is RunRequest ? addresses.TakeRun(connection.Address) : addresses.Take(connection.Address), "requests_per_address"))
        {
            return;
        }

        if (!publishes.TryTake(who, Held(context), out var publishing))
        {
            context.Refuse(FaultCodes.Busy, "Too much is waiting to be stored at the moment. Please try again in a moment.", retryable: true);
            return;
        }

        using (publishing)
        {
            context.Publishing = publishing;
            await ServeAsync(context, next);
        }

        if (context.FoundNothing)
        {
            rates.FoundNothing(bucket);
            addresses.FoundNothing(connection.Address);
        }
    }

    private async ValueTask ServeAsync(RequestContext context, RequestStep next)
    {
        var caller = context.Connection.Caller;
        if (context.Frame is not RunRequest || caller.IsAnonymous)
        {
            await next(context);
            return;
        }

        if (!runs.TryEnter(caller.UserId, out var run))
        {
            telemetry.LimitReached("runs_per_user");
            context.Refuse(FaultCodes.Busy, "You have too many requests in flight already.", retryable: true);
            return;
        }

        using (run)
        {
            await next(context);
        }
    }

    // of these no more stays in memory than what is named, however large the frame was; they may wait for seconds
    private static int Held(RequestContext context) => context.Frame switch
    {
        AttachRequest or CancelRequest or CancelAllRequest or LeaveRequest => 0,
        ToolCallRequest call => ArgumentBounds.Bytes(call.Arguments),
        _ => context.Bytes,
    };

    private bool IsRefused(RequestContext context, TimeSpan? wait, string limit = "requests")
    {
        if (wait is null)
        {
            return false;
        }

        telemetry.LimitReached(limit);
        if (context.Frame is PongRequest or IgnoredFrame)
        {
            // nobody waits for an answer to these
            return true;
        }

        context.Refuse(FaultCodes.RateLimited, $"Too many requests. Please wait {Math.Max(1, Math.Ceiling(wait.Value.TotalSeconds)):0} s.", retryable: true);
        return true;
    }
}
