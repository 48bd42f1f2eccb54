using StreamChat.Contracts.Gateways;

namespace StreamChat.Gateway.Cluster;

/// <summary>
/// What the other gateways have told, with what this one serves: the picture of the whole cluster, a few seconds old at most for
/// the others. Bounded by the number of gateways; those that fell silent are let go, and only their totals are kept.
/// </summary>
internal sealed class ClusterView(GatewayIdentity identity, ILocalConnections local, TimeProvider time) : IClusterNumbers
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Heard> _others = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Connections, long Frames)> _gone = new(StringComparer.Ordinal);

    /// <summary>When the oldest gateway that is there started.</summary>
    public DateTimeOffset StartedAt => Others().Select(o => o.StartedAt).Append(_startedAt).Min();

    /// <summary>The other gateways that are there.</summary>
    public IReadOnlyList<string> OtherGateways => [.. Others().Select(o => o.GatewayId)];

    /// <summary>Takes a report.</summary>
    /// <returns>True when this gateway was not known before.</returns>
    public bool Hear(GatewayReport report)
    {
        if (report.GatewayId == identity.GatewayId)
        {
            return false;
        }

        lock (_lock)
        {
            if (report.ValidFor > TimeSpan.Zero)
            {
                var isNew = !_others.ContainsKey(report.GatewayId);
                _others[report.GatewayId] = new Heard(report, time.GetTimestamp());
                return isNew;
            }

            if (_others.Remove(report.GatewayId))
            {
                Remember(report);
            }

            return false;
        }
    }

    /// <summary>What this gateway has to say.</summary>
    /// <param name="validFor">For how long; zero when it stops.</param>
    public GatewayReport Report(TimeSpan validFor) => new()
    {
        GatewayId = identity.GatewayId,
        StartedAt = _startedAt,
        Dialects = local.Report(),
        ValidFor = validFor,
    };

    public DialectNumbers Of(string dialect) => Sum(Reports().Where(r => r.Dialect == dialect), Gone().Where(g => g.Key == dialect));

    public DialectNumbers OfAll() => Sum(Reports(), Gone());

    private static DialectNumbers Sum(IEnumerable<DialectReport> reports, IEnumerable<KeyValuePair<string, (long Connections, long Frames)>> gone)
    {
        var sum = DialectNumbers.None;
        foreach (var report in reports)
        {
            sum = sum with
            {
                Connections = sum.Connections + report.Connections,
                Users = sum.Users + report.Users,
                FramesSent = sum.FramesSent + report.FramesSent,
                TotalConnections = sum.TotalConnections + report.TotalConnections,
                TotalFramesSent = sum.TotalFramesSent + report.TotalFramesSent,
                OldestOpenedAt = Earlier(sum.OldestOpenedAt, report.OldestOpenedAt),
            };
        }

        foreach (var (_, totals) in gone)
        {
            sum = sum with { TotalConnections = sum.TotalConnections + totals.Connections, TotalFramesSent = sum.TotalFramesSent + totals.Frames };
        }

        return sum;
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b ?? a : a;

    private IEnumerable<DialectReport> Reports() => Others().SelectMany(o => o.Dialects).Concat(local.Report());

    private List<GatewayReport> Others()
    {
        lock (_lock)
        {
            foreach (var (gatewayId, heard) in _others)
            {
                if (time.GetElapsedTime(heard.At) > heard.Report.ValidFor)
                {
                    _others.Remove(gatewayId);
                    Remember(heard.Report);
                }
            }

            return [.. _others.Values.Select(h => h.Report)];
        }
    }

    private List<KeyValuePair<string, (long Connections, long Frames)>> Gone()
    {
        lock (_lock)
        {
            return [.. _gone];
        }
    }

    private void Remember(GatewayReport report)
    {
        foreach (var dialect in report.Dialects)
        {
            var known = _gone.GetValueOrDefault(dialect.Dialect);
            _gone[dialect.Dialect] = (known.Connections + dialect.TotalConnections, known.Frames + dialect.TotalFramesSent);
        }
    }

    private sealed record Heard(GatewayReport Report, long At);
}
