using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Limits;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Middleware;

/// <summary>
/// Keeps everyone to their share: requests by a bucket, runs by number. What stops or renews has a bucket of its own, so that
/// someone who has asked too much can still cancel it; what costs nothing is free.
/// </summary>
internal sealed class LimitsMiddleware(UserRates rates, UserRuns runs, GatewayTelemetry telemetry) : IRequestMiddleware
{
    public async ValueTask InvokeAsync(RequestContext context, RequestStep next)
    {
        if (BucketOf(context) is not { } bucket)
        {
            await next(context);
            return;
        }

        if (rates.Take(bucket) is { } wait)
        {
            telemetry.LimitReached("requests");
            context.Refuse(FaultCodes.RateLimited, $"Too many requests. Please wait {Math.Max(1, Math.Ceiling(wait.TotalSeconds)):0} s.", retryable: true);
            return;
        }

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

    private static string? BucketOf(RequestContext context)
    {
        var kind = context.Frame switch
        {
            { IsTurn: true } => "turn",
            PingRequest or PongRequest or IgnoredFrame => null,
            _ => "control",
        };
        var connection = context.Connection;
        return kind is null ? null : connection.Caller.IsAnonymous ? $"{kind}:connection:{connection.Id}" : $"{kind}:user:{connection.UserId}";
    }
}
