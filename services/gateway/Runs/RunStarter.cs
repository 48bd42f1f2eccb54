using System.Diagnostics;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway.Limits;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Bus.Broker;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Runs;

/// <summary>What a connection asks to be run.</summary>
internal sealed record RunInput
{
    public Guid? RunId { get; init; }

    public string? ThreadId { get; init; }

    public string? RoomId { get; init; }

    public required IReadOnlyList<InputMessage> Messages { get; init; }

    public IReadOnlyList<ClientTool>? Tools { get; init; }

    public JsonElement? Context { get; init; }

    public JsonElement? State { get; init; }

    public JsonElement? ForwardedProps { get; init; }

    public string? Agent { get; init; }

    public string? Model { get; init; }

    public string? Personality { get; init; }

    public ThreadPolicy? WhenBusy { get; init; }

    public bool UseTools { get; init; } = true;

    /// <summary>The listener's own, given back to it by <see cref="IRunListener.OnOpened"/>.</summary>
    public object? Tag { get; init; }
}

/// <summary>What became of a request for a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Refusal">Why there is none; null when there is.</param>
internal sealed record RunStart(Guid RunId, RunRefusal? Refusal = null);

/// <summary>Why a request cannot be served.</summary>
/// <param name="Code">A member of <see cref="FaultCodes"/>.</param>
/// <param name="Message">For a person.</param>
/// <param name="Retryable">Whether asking again may help.</param>
/// <param name="RunId">The run that the client has been told of, if any.</param>
internal sealed record RunRefusal(string Code, string Message, bool Retryable, Guid? RunId = null);

/// <summary>Puts requests on the bus: starting a run, answering its calls of the client's tools, and stopping it.</summary>
internal sealed partial class RunStarter(
    RunRegistry registry, IBus bus, BrokerWatch broker, RunMessenger messenger, RunFinder finder, UnknownNames unknown, GatewayIdentity identity, IIdGenerator ids, IOptions<LimitsOptions> limits,
    IOptions<BusOptions> busOptions, TimeProvider time, GatewayTelemetry telemetry, ILogger<RunStarter> logger)
{
    /// <summary>
    /// Starts a run for a connection and tells it when it is accepted. The connection is registered before the request is
    /// published, so that no event can come too early.
    /// </summary>
    public async Task<RunStart> StartAsync(IRunListener listener, RunInput input)
    {
        var requestedAt = time.GetTimestamp();
        var runId = input.RunId ?? ids.NewUuid();
        if (!ThreadAccess.MayRun(listener, input.ThreadId, input.RoomId))
        {
            return new RunStart(runId, new RunRefusal(FaultCodes.Forbidden, "You are not in this room.", Retryable: false));
        }

        if (!ThreadAccess.MaySpeak(listener, input.ThreadId))
        {
            return new RunStart(runId, new RunRefusal(FaultCodes.Forbidden, "In this room only who made it asks.", Retryable: false));
        }

        if (limits.Value.RunsInFlight is > 0 and var most && registry.Count >= most && registry.Find(runId) is null)
        {
            return new RunStart(runId, new RunRefusal(FaultCodes.Busy, "The server is busy. Please try again in a moment.", Retryable: true));
        }

        if (!listener.Runs.TryAdd(runId, limits.Value.RunsPerConnection))
        {
            return new RunStart(
                runId, new RunRefusal(FaultCodes.Busy, $"This connection has {limits.Value.RunsPerConnection} requests in flight already.", Retryable: true));
        }

        var activity = StartActivity(listener, runId);
        var request = new GatewayRun(runId, listener.UserId, input.ThreadId ?? ids.NewUuid().ToString(), input.RoomId, activity, requestedAt);
        var run = registry.GetOrAdd(request);
        if (run != request)
        {
            activity?.Dispose();
            if (run.UserId != listener.UserId)
            {
                listener.Runs.Remove(runId);
                return new RunStart(runId, new RunRefusal(FaultCodes.Forbidden, "This run belongs to somebody else.", Retryable: false, runId));
            }
        }
        else
        {
            telemetry.RunStarted();
        }

        if (!run.TryAdd(listener, input.Tag))
        {
            // the same connection asks twice: it sees the run already
            listener.OnAccepted(runId, run.ThreadId, run.TraceId);
            return new RunStart(runId);
        }

        return new RunStart(runId, await PublishAsync(run, listener, input));
    }

    /// <summary>Stops a run. Silent when there is nothing to stop: its end tells.</summary>
    /// <param name="listener">Who asks.</param>
    /// <param name="runId">The run.</param>
    /// <param name="threadId">The room's thread that it belongs to, for a run that is not seen here; null for one's own.</param>
    /// <returns>Why it may not, or the word could not be passed on; null when it was.</returns>
    public async Task<RunRefusal?> CancelAsync(IRunListener listener, Guid runId, string? threadId = null)
    {
        var known = registry.Find(runId);
        var thread = known?.ThreadId ?? threadId;
        var mayCancelAll = thread is not null && ThreadAccess.MayCancelAll(listener, thread);

        // a run that may not be seen is as one that there never was
        if (known is not null && known.UserId != listener.UserId && !mayCancelAll && ThreadAccess.MaySee(listener, known.UserId, known.ThreadId))
        {
            return new RunRefusal(FaultCodes.Forbidden, "In this room you may stop only what you asked for.", Retryable: false, runId);
        }

        // the directory keeps a cancel of a run that has not begun, so the same message again adds nothing
        var cancel = new CancelRun { RunId = runId, UserId = listener.UserId, ThreadId = mayCancelAll ? thread : null };
        var name = $"cancel/{runId}/{cancel.ThreadId}";
        if (known is null && unknown.Has(listener.UserId, name))
        {
            return null;
        }

        var refusal = await TellWorkerAsync(runId, known?.WorkerId, cancel);
        if (known is null && refusal is null)
        {
            unknown.Add(listener.UserId, name);
        }

        return refusal;
    }

    /// <summary>Whether a connection of this gateway sees the run.</summary>
    public bool Knows(Guid runId) => registry.Find(runId) is not null;

    /// <summary>
    /// Answers a call of one of the client's own tools. Silent when nobody waits for it. When it is not known here which worker has the
    /// run, that is asked first, without the content.
    /// </summary>
    /// <returns>Why the answer could not be passed on; null when it was.</returns>
    public async Task<RunRefusal?> AnswerAsync(IRunListener listener, Guid runId, string callId, string content, bool isError)
    {
        var run = registry.Find(runId);
        if (run is not null && run.UserId != listener.UserId)
        {
            return NoSuchRun(runId);
        }

        var workerId = run?.WorkerId;
        if (workerId is null)
        {
            var place = await finder.FindAsync(runId, listener.UserId);
            if (place.HasEnded)
            {
                return null;
            }

            if (place.WorkerId is null)
            {
                return place.Code == AttachCodes.NotFound ? NoSuchRun(runId) : NotPassedOn(runId);
            }

            workerId = place.WorkerId;
        }

        return await TellWorkerAsync(
            runId, workerId, new AnswerToolCall { RunId = runId, ToolCallId = callId, UserId = listener.UserId, Content = content, IsError = isError });
    }

    /// <summary>Lets a connection see a run that it did not ask for and may see, and that is among its <see cref="IRunListener.Runs"/> already.</summary>
    /// <param name="listener">The connection.</param>
    /// <param name="fresh">The run as it is to be made if it is not known here.</param>
    /// <param name="workerId">Who runs it.</param>
    /// <param name="view">Adds the connection; false when the run has just ended here.</param>
    /// <returns>The run; null when the connection is gone, or the id is asked for here by somebody whose it is not.</returns>
    public GatewayRun? Show(IRunListener listener, GatewayRun fresh, string workerId, Func<GatewayRun, bool> view)
    {
        while (true)
        {
            var run = registry.GetOrAdd(fresh);
            if (run == fresh)
            {
                telemetry.RunStarted();
            }
            else if (run.UserId != fresh.UserId || run.ThreadId != fresh.ThreadId)
            {
                listener.Runs.Remove(fresh.RunId);
                return null;
            }

            run.WorkerId = workerId;
            if (!view(run))
            {
                // ended this moment: its end may not have come to the registry yet
                End(run, "left");
                listener.Runs.TryView(run.RunId, limits.Value.RunsViewed);
                continue;
            }

            if (!listener.Runs.Contains(run.RunId))
            {
                Leave(listener, run.RunId);
                return null;
            }

            return run;
        }
    }

    /// <summary>A connection wants to see no more of a run.</summary>
    public void Leave(IRunListener listener, Guid runId)
    {
        listener.Runs.Remove(runId);
        if (registry.Find(runId) is { } run && run.Remove(listener))
        {
            End(run, "left");
        }
    }

    /// <summary>The connection is gone: nobody here sees its runs any more. They go on.</summary>
    public void Leave(IRunListener listener)
    {
        foreach (var runId in listener.Runs.Close())
        {
            if (registry.Find(runId) is { } run && run.Remove(listener))
            {
                End(run, "left");
            }
        }
    }

    /// <summary>A run has ended for this gateway.</summary>
    public void End(GatewayRun run, string outcome)
    {
        if (registry.Remove(run))
        {
            foreach (var listener in run.Listeners())
            {
                listener.Runs.Remove(run.RunId);
            }

            run.Activity?.SetTag("streamchat.run.outcome", outcome);
            run.Activity?.Dispose();
            telemetry.RunEnded(outcome);
        }
    }

    /// <summary>
    /// The first run of a connection goes on with the trace of its handshake, which came through the edge; each later one is a
    /// trace of its own, linked to it, for a socket may live for days (docs/decisions/0005).
    /// </summary>
    private static Activity? StartActivity(IRunListener listener, Guid runId)
    {
        var first = listener.Runs.TakeFirst();
        Activity.Current = null;
        var activity = GatewayTelemetry.Source.StartActivity(
            "chat request",
            ActivityKind.Server,
            first ? listener.Handshake : default,
            links: first || listener.Handshake == default ? null : [new ActivityLink(listener.Handshake)]);
        activity?.SetTag("streamchat.run.id", runId);
        activity?.SetTag("streamchat.connection.id", listener.Id);
        return activity;
    }

    /// <summary>Straight to the worker that runs it when it is known, else by the directory.</summary>
    private async Task<RunRefusal?> TellWorkerAsync<T>(Guid runId, string? workerId, T message)
        where T : class
    {
        try
        {
            // whoever takes the run over finds the note that the directory makes
            await messenger.SendAsync(workerId, message, isDurable: true, CancellationToken.None);
            return null;
        }
        catch (Exception e)
        {
            LogNotTold(typeof(T).Name, runId, e);
            return NotPassedOn(runId);
        }
    }

    private static RunRefusal NoSuchRun(Guid runId) => new(FaultCodes.NotFound, "There is no such run of yours.", Retryable: false, runId);

    private static RunRefusal NotPassedOn(Guid runId) =>
        new(FaultCodes.Unavailable, "The request could not be passed on. Please try again.", Retryable: true, runId);

    private async Task<RunRefusal?> PublishAsync(GatewayRun run, IRunListener listener, RunInput input)
    {
        var message = new StartRun
        {
            RunId = run.RunId,
            ThreadId = run.ThreadId,
            UserId = run.UserId,
            GatewayId = identity.GatewayId,
            ConnectionId = listener.Id,
            Messages = input.Messages,
            Tools = input.Tools,
            Context = input.Context,
            State = input.State,
            ForwardedProps = input.ForwardedProps,
            RoomId = run.RoomId,
            Agent = input.Agent,
            Model = input.Model,
            Personality = input.Personality,
            WhenBusy = input.WhenBusy,
            UseTools = input.UseTools,
            RequestedAt = time.GetUtcNow(),
        };
        try
        {
            await broker.PublishAsync(
                busOptions.Value.PublishTimeout,
                token => bus.Publish(message, (PublishContext<StartRun> context) => InstanceSender.RequireQueue(context), token),
                CancellationToken.None);
            telemetry.Accepted(time.GetElapsedTime(run.RequestedAt));
            run.Accept();
            return null;
        }
        catch (Exception e)
        {
            LogPublishFailed(run.RunId, e);
            run.Activity?.SetStatus(ActivityStatusCode.Error);
            listener.Runs.Remove(run.RunId);
            if (run.Remove(listener))
            {
                End(run, "not_accepted");
            }

            return new RunRefusal(FaultCodes.Unavailable, "The request could not be stored. Please try again.", Retryable: true, run.RunId);
        }
    }

    [LoggerMessage(1101, LogLevel.Warning, "Run {RunId} could not be published.")]
    private partial void LogPublishFailed(Guid runId, Exception exception);

    [LoggerMessage(1102, LogLevel.Warning, "{Message} of run {RunId} could not be published.")]
    private partial void LogNotTold(string message, Guid runId, Exception exception);
}
