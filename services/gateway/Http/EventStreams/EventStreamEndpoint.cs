using System.Diagnostics;
using System.Net.Mime;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Connections.Handshakes;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Session;
using StreamChat.Gateway.Requests;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Http.EventStreams;

/// <summary>Answers a question as server-sent events, or goes on with an answer whose stream was cut off.</summary>
internal sealed class EventStreamEndpoint(
    ConnectionRegistry registry, PlaceCheck places, CallerWatch watch, GatewayIdentity identity, SessionDialect dialect, RequestPipeline requests, RunStarter runs,
    IOptions<LimitsOptions> limits, IHostApplicationLifetime lifetime, IIdGenerator ids, TimeProvider time, GatewayTelemetry telemetry,
    ILogger<EventStream> logger)
{
    private static readonly IReadOnlyDictionary<string, string> NoParameters = new Dictionary<string, string>();

    public async Task<IResult> ServeAsync(HttpContext context, string? query, string? sessionId, string? verboseText)
    {
        if (query is null)
        {
            return HttpResults.Invalid(ValidationBody.Missing("query", "query"));
        }

        if (!TryReadFlag(verboseText, out var verbose))
        {
            return HttpResults.Invalid(new ValidationBody([new ValidationProblem(["query", "verbose"], "value could not be parsed to a boolean", "type_error.bool")]));
        }

        var cutOff = EventStreamPosition.Parse(context.Request.Headers[EventStreamPosition.Header]);
        if (cutOff is { Ended: true })
        {
            // a browser comes again after every end; this tells it that there is nothing more
            return Results.NoContent();
        }

        var caller = context.GetCaller();
        if (places.Take(dialect, caller, context.Connection.RemoteIpAddress, out var place) is { } refusal)
        {
            telemetry.Refused(refusal);
            await refusal.WriteAsync(context);
            return Results.Empty;
        }

        using (place)
        {
            await StreamAsync(context, new SessionStart(identity.NextConnectionId(), caller.UserId, NoParameters, ids) { Address = context.Connection.RemoteIpAddress }, caller, query, sessionId, verbose, cutOff);
        }

        return Results.Empty;
    }

    private static bool TryReadFlag(string? text, out bool flag)
    {
        flag = text is "1";
        return text is null or "" or "0" or "1" || bool.TryParse(text, out flag);
    }

    private async Task StreamAsync(HttpContext context, SessionStart start, Caller caller, string query, string? sessionId, bool verbose, EventStreamPosition? cutOff)
    {
        var asked = dialect.Queries.Parse(query, sessionId, verbose, start.UserId, ids);

        // has no timer and so needs no disposal; the watch may fire when the stream is long gone
        var invalid = new CancellationTokenSource();
        using var watched = watch.Watch(caller, invalid.Cancel);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping, invalid.Token);
        using var stream = new EventStream(
            start, caller, dialect, asked as SessionQuery, cutOff, Activity.Current?.Context ?? default, limits.Value, time, telemetry, logger, ended.Token);
        telemetry.Opened(dialect.Name);
        try
        {
            context.Response.ContentType = MediaTypeNames.Text.EventStream;
            context.Response.Headers["X-Accel-Buffering"] = "no";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await context.Response.BodyWriter.FlushAsync(ended.Token);

            requests.Start(stream, cutOff is { } position ? new AttachRequest(position.RunId, null, position.Attempt, position.Seq) : asked, query.Length, ended.Token);
            await stream.WriteAsync(context.Response.BodyWriter, ended.Token);
        }
        catch (OperationCanceledException)
        {
            // the client has left, and can come back; or this process stops, and it will; or its token is good no more
        }
        finally
        {
            runs.Leave(stream);
            telemetry.Closed(dialect.Name, context.RequestAborted.IsCancellationRequested ? "lost" : registry.Draining ? "restart" : "ended");
        }
    }
}
