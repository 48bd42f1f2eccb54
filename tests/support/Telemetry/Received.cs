namespace StreamChat.TestSupport.Telemetry;

/// <summary>A span as exported.</summary>
public sealed record ReceivedSpan
{
    /// <summary>Resource attribute <c>service.name</c>.</summary>
    public string Service { get; init; } = "";

    /// <summary>Name of the activity source.</summary>
    public string Scope { get; init; } = "";

    /// <summary>32 hex digits.</summary>
    public string TraceId { get; init; } = "";

    /// <summary>16 hex digits.</summary>
    public string SpanId { get; init; } = "";

    /// <summary>16 hex digits, empty for the root of a trace.</summary>
    public string ParentSpanId { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>OTLP's number: 1 internal, 2 server, 3 client, 4 producer, 5 consumer.</summary>
    public int Kind { get; init; }

    /// <summary>Unix time in nanoseconds.</summary>
    public ulong Start { get; init; }

    /// <summary>Unix time in nanoseconds.</summary>
    public ulong End { get; init; }

    /// <summary>OTLP's number: 0 unset, 1 ok, 2 error.</summary>
    public int Status { get; init; }

    /// <summary>Text as string, whole numbers as long, truth values as bool; other kinds are left out.</summary>
    public IReadOnlyDictionary<string, object> Attributes { get; init; } = new Dictionary<string, object>();
}

/// <summary>That a metric was exported.</summary>
public sealed record ReceivedMetric(string Service, string Meter, string Name, string Unit);

/// <summary>A log record as exported.</summary>
public sealed record ReceivedLog(string Service, string Body, string Severity, string TraceId);
