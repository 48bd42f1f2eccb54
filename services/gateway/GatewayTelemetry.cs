using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StreamChat.Gateway;

/// <summary>What this service traces and measures.</summary>
internal sealed class GatewayTelemetry
{
    public const string Name = "StreamChat.Gateway";

    public static readonly ActivitySource Source = new(Name);

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600],
    };

    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _closes;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _faults;
    private readonly Counter<long> _limits;
    private readonly Counter<long> _tokens;
    private readonly UpDownCounter<long> _unread;
    private readonly UpDownCounter<long> _publishing;
    private readonly Histogram<double> _requests;
    private readonly UpDownCounter<long> _runs;
    private readonly Counter<long> _runsEnded;
    private readonly Histogram<double> _accept;
    private readonly Histogram<double> _firstToken;
    private readonly UpDownCounter<long> _queueBytes;
    private readonly Counter<long> _merged;
    private readonly Counter<long> _unrouted;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _held;
    private readonly Counter<long> _notViewed;
    private readonly Counter<long> _recovered;

    public GatewayTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _connections = meter.CreateUpDownCounter<long>("streamchat.connections.active", "{connection}", "Open connections by dialect.");
        _closes = meter.CreateCounter<long>("streamchat.connections.closed", "{connection}", "Closed connections by reason.");
        _refused = meter.CreateCounter<long>("streamchat.handshakes.refused", "{handshake}", "Refused handshakes by status and reason.");
        _limits = meter.CreateCounter<long>("streamchat.limits.reached", "{time}", "Requests and handshakes that met a limit, by limit.");
        _unread = meter.CreateUpDownCounter<long>("streamchat.unread.bytes", "By", "Memory held for client messages that have begun and are not complete.");
        _publishing = meter.CreateUpDownCounter<long>("streamchat.publish.bytes", "By", "Bytes of client requests that wait for the broker's confirm.");
        _tokens = meter.CreateCounter<long>("streamchat.auth.tokens", "{token}", "Requests for access tokens by outcome.");
        _faults = meter.CreateCounter<long>("streamchat.frames.faults", "{frame}", "Client frames answered with an error, by code.");
        _requests = meter.CreateHistogram("streamchat.requests.duration", "s", "Requests by dialect, kind and outcome; a run's to its end.", advice: Seconds);
        _runs = meter.CreateUpDownCounter<long>("streamchat.gateway.runs.active", "{run}", "Runs that connections of this gateway wait for.");
        _runsEnded = meter.CreateCounter<long>("streamchat.gateway.runs.ended", "{run}", "Runs by how they ended for this gateway.");
        _accept = meter.CreateHistogram("streamchat.run.accept", "s", "From reading a request to the broker's confirm.", advice: Seconds);
        _firstToken = meter.CreateHistogram("streamchat.run.time_to_first_token", "s", "From reading a request to its first text.", advice: Seconds);
        _queueBytes = meter.CreateUpDownCounter<long>("streamchat.outbound.bytes", "By", "Bytes that wait to be sent to clients.");
        _merged = meter.CreateCounter<long>("streamchat.outbound.merged", "{event}", "Text deltas merged because a client was behind.");
        _unrouted = meter.CreateCounter<long>("streamchat.events.unrouted", "{event}", "Run events for which no connection was there any more.");
        _duplicates = meter.CreateCounter<long>("streamchat.events.duplicates", "{event}", "Run events dropped because they were delivered before.");
        _notViewed = meter.CreateCounter<long>("streamchat.runs.not_viewed", "{run}", "Runs not shown to a connection that joined their thread, because it sees too many.");
        _held = meter.CreateCounter<long>("streamchat.viewers.held", "{viewer}", "Clients that read more slowly than a run speaks, left out until they have caught up with what waits for them.");
        _recovered = meter.CreateCounter<long>("streamchat.runs.recovered", "{run}", "Runs asked for again, because this gateway's queue was lost or a replay could not be asked for.");
        _gaps = meter.CreateCounter<long>("streamchat.events.gaps", "{gap}", "Gaps in a run's events; each is repaired by a replay.");
    }

    public void Opened(string dialect) => _connections.Add(1, Tag("dialect", dialect));

    /// <summary>A connection turned out to speak another dialect than its path's own.</summary>
    public void Recognised(string before, string dialect)
    {
        _connections.Add(-1, Tag("dialect", before));
        _connections.Add(1, Tag("dialect", dialect));
    }

    public void Closed(string dialect, string reason)
    {
        _connections.Add(-1, Tag("dialect", dialect));
        _closes.Add(1, Tag("dialect", dialect), Tag("reason", reason));
    }

    public void Refused(Refusal refusal) => _refused.Add(1, Tag("status", refusal.Status), Tag("reason", refusal.Reason));

    public void LimitReached(string limit) => _limits.Add(1, Tag("limit", limit));

    public void Unread(long bytes) => _unread.Add(bytes);

    public void Publishing(long bytes) => _publishing.Add(bytes);

    public void TokenAsked(string outcome) => _tokens.Add(1, Tag("outcome", outcome));

    public void Fault(string code) => _faults.Add(1, Tag("code", code));

    public void Request(string dialect, string kind, string outcome, TimeSpan took) =>
        _requests.Record(took.TotalSeconds, Tag("dialect", dialect), Tag("kind", kind), Tag("outcome", outcome));

    public void RunStarted() => _runs.Add(1);

    public void RunEnded(string outcome)
    {
        _runs.Add(-1);
        _runsEnded.Add(1, Tag("outcome", outcome));
    }

    public void Accepted(TimeSpan after) => _accept.Record(after.TotalSeconds);

    public void FirstToken(TimeSpan after) => _firstToken.Record(after.TotalSeconds);

    public void Queued(long bytes) => _queueBytes.Add(bytes);

    public void Merged() => _merged.Add(1);

    public void Unrouted(int events) => _unrouted.Add(events);

    public void Duplicate() => _duplicates.Add(1);

    public void NotViewed() => _notViewed.Add(1);

    public void Recovered() => _recovered.Add(1);

    public void Gap() => _gaps.Add(1);

    public void Held() => _held.Add(1);

    private static KeyValuePair<string, object?> Tag(string key, object value) => new(key, value);
}
