using System.Diagnostics;
using System.Net.Mime;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Session;
using StreamChat.Gateway.Requests;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Http.EventStreams;

/// <summary>Answers a question as server-sent events, or goes on with an answer whose stream was cut off.</summary>
internal sealed class EventStreamEndpoint(
    ConnectionRegistry registry, GatewayIdentity identity, SessionDialect dialect, RequestPipeline requests, RunStarter runs,
    IOptions<LimitsOptions> limits, IHostApplicationLifetime lifetime, IIdGenerator ids, TimeProvider time, GatewayTelemetry telemetry)
{
    private static readonly IReadOnlyDictionary<string, string> NoParameters = new Dictionary<string, string>();

    public async Task<IResult> ServeAsync(HttpContext context, string? query, string? sessionId, bool verbose)
    {
        if (query is null)
        {
            return HttpResults.Invalid(ValidationBody.Missing("query", "query"));
        }

        var cutOff = EventStreamPosition.Parse(context.Request.Headers["Last-Event-ID"]);
        if (cutOff is { Ended: true })
        {
            // a browser comes again after every end; this tells it that there is nothing more
            return Results.NoContent();
        }

        if (WebSocketEndpoint.FindUserId(context, UserIdSource.OptionalQuery) is not { } userId)
        {
            telemetry.Refused(StatusCodes.Status403Forbidden);
            return HttpResults.Problem(StatusCodes.Status403Forbidden, "The user id is too long or has control characters.");
        }

        if (registry.Draining || !registry.TryReserve(limits.Value.Connections, out var place))
        {
            telemetry.Refused(StatusCodes.Status503ServiceUnavailable);
            context.Response.Headers.RetryAfter = "5";
            return HttpResults.Problem(StatusCodes.Status503ServiceUnavailable, "This server takes no more connections at the moment.");
        }

        using (place)
        {
            await StreamAsync(context, new SessionStart(identity.NextConnectionId(), userId, NoParameters, ids), query, sessionId, verbose, cutOff);
        }

        return Results.Empty;
    }

    private async Task StreamAsync(HttpContext context, SessionStart start, string query, string? sessionId, bool verbose, EventStreamPosition? cutOff)
    {
        var asked = dialect.Queries.Parse(query, sessionId, verbose, start.UserId, ids);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        using var stream = new EventStream(
            start, dialect, asked as SessionQuery, cutOff, Activity.Current?.Context ?? default, limits.Value, time, telemetry, ended.Token);
        telemetry.Opened(dialect.Name);
        try
        {
            context.Response.ContentType = MediaTypeNames.Text.EventStream;
            context.Response.Headers.CacheControl = "no-cache";
            context.Response.Headers["X-Accel-Buffering"] = "no";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await context.Response.BodyWriter.FlushAsync(ended.Token);

            requests.Start(stream, cutOff is { } position ? new AttachRequest(position.RunId, null, position.Attempt, position.Seq) : asked, ended.Token);
            await stream.WriteAsync(context.Response.BodyWriter, ended.Token);
        }
        catch (OperationCanceledException)
        {
            // the client has left, and can come back; or this process stops, and it will
        }
        finally
        {
            runs.Leave(stream);
            telemetry.Closed(dialect.Name, context.RequestAborted.IsCancellationRequested ? "lost" : registry.Draining ? "restart" : "ended");
        }
    }
}
