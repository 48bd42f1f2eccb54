namespace StreamChat.TestSupport.Telemetry;

/// <summary>
/// Reads what an OTLP exporter sends: ExportTraceServiceRequest, ExportMetricsServiceRequest and ExportLogsServiceRequest, which
/// have the same outer shape (https://github.com/open-telemetry/opentelemetry-proto). The field numbers are theirs.
/// </summary>
public static class OtlpReader
{
    private delegate void ReadItem(string service, string scope, ReadOnlySpan<byte> item);

    /// <summary>The spans of an ExportTraceServiceRequest.</summary>
    public static IReadOnlyList<ReceivedSpan> ReadSpans(ReadOnlySpan<byte> request)
    {
        List<ReceivedSpan> spans = [];
        ReadRequest(request, (service, scope, item) => spans.Add(ReadSpan(service, scope, item)));
        return spans;
    }

    /// <summary>The metrics of an ExportMetricsServiceRequest, without their values.</summary>
    public static IReadOnlyList<ReceivedMetric> ReadMetrics(ReadOnlySpan<byte> request)
    {
        List<ReceivedMetric> metrics = [];
        ReadRequest(request, (service, meter, item) =>
        {
            var (name, unit) = ("", "");
            for (var reader = new ProtobufReader(item); reader.Next();)
            {
                name = reader.Field == 1 ? reader.Text : name;
                unit = reader.Field == 3 ? reader.Text : unit;
            }

            metrics.Add(new ReceivedMetric(service, meter, name, unit));
        });
        return metrics;
    }

    /// <summary>The records of an ExportLogsServiceRequest.</summary>
    public static IReadOnlyList<ReceivedLog> ReadLogs(ReadOnlySpan<byte> request)
    {
        List<ReceivedLog> logs = [];
        ReadRequest(request, (service, _, item) =>
        {
            var (body, severity, traceId) = ("", "", "");
            for (var reader = new ProtobufReader(item); reader.Next();)
            {
                body = reader.Field == 5 ? ReadValue(reader.Bytes)?.ToString() ?? "" : body;
                severity = reader.Field == 3 ? reader.Text : severity;
                traceId = reader.Field == 9 ? reader.Hex : traceId;
            }

            logs.Add(new ReceivedLog(service, body, severity, traceId));
        });
        return logs;
    }

    /// <summary>Request → per resource (1) → its attributes (1) and per scope (2) → its name (1) and items (2).</summary>
    private static void ReadRequest(ReadOnlySpan<byte> request, ReadItem read)
    {
        for (var resources = new ProtobufReader(request); resources.Next();)
        {
            if (resources.Field != 1)
            {
                continue;
            }

            var service = ReadServiceName(resources.Bytes);
            for (var resource = new ProtobufReader(resources.Bytes); resource.Next();)
            {
                if (resource.Field == 2)
                {
                    ReadScope(service, resource.Bytes, read);
                }
            }
        }
    }

    private static void ReadScope(string service, ReadOnlySpan<byte> bytes, ReadItem read)
    {
        var name = "";
        for (var scope = new ProtobufReader(bytes); scope.Next();)
        {
            if (scope.Field == 1)
            {
                for (var instrumentation = new ProtobufReader(scope.Bytes); instrumentation.Next();)
                {
                    name = instrumentation.Field == 1 ? instrumentation.Text : name;
                }
            }
            else if (scope.Field == 2)
            {
                read(service, name, scope.Bytes);
            }
        }
    }

    private static string ReadServiceName(ReadOnlySpan<byte> resourceItems)
    {
        Dictionary<string, object> attributes = [];
        for (var outer = new ProtobufReader(resourceItems); outer.Next();)
        {
            if (outer.Field != 1)
            {
                continue;
            }

            for (var resource = new ProtobufReader(outer.Bytes); resource.Next();)
            {
                if (resource.Field == 1)
                {
                    ReadAttribute(resource.Bytes, attributes);
                }
            }
        }

        return attributes.GetValueOrDefault("service.name") as string ?? "";
    }

    private static ReceivedSpan ReadSpan(string service, string scope, ReadOnlySpan<byte> bytes)
    {
        Dictionary<string, object> attributes = [];
        var span = new ReceivedSpan { Service = service, Scope = scope, Attributes = attributes };
        for (var reader = new ProtobufReader(bytes); reader.Next();)
        {
            switch (reader.Field)
            {
                case 1:
                    span = span with { TraceId = reader.Hex };
                    break;
                case 2:
                    span = span with { SpanId = reader.Hex };
                    break;
                case 4:
                    span = span with { ParentSpanId = reader.Hex };
                    break;
                case 5:
                    span = span with { Name = reader.Text };
                    break;
                case 6:
                    span = span with { Kind = (int)reader.Number };
                    break;
                case 7:
                    span = span with { Start = reader.Number };
                    break;
                case 8:
                    span = span with { End = reader.Number };
                    break;
                case 9:
                    ReadAttribute(reader.Bytes, attributes);
                    break;
                case 15:
                    span = span with { Status = ReadStatus(reader.Bytes) };
                    break;
                default:
                    break;
            }
        }

        return span;
    }

    private static int ReadStatus(ReadOnlySpan<byte> bytes)
    {
        var code = 0;
        for (var reader = new ProtobufReader(bytes); reader.Next();)
        {
            code = reader.Field == 3 ? (int)reader.Number : code;
        }

        return code;
    }

    private static void ReadAttribute(ReadOnlySpan<byte> bytes, Dictionary<string, object> attributes)
    {
        var key = "";
        object? value = null;
        for (var reader = new ProtobufReader(bytes); reader.Next();)
        {
            key = reader.Field == 1 ? reader.Text : key;
            value = reader.Field == 2 ? ReadValue(reader.Bytes) : value;
        }

        if (value is not null)
        {
            attributes[key] = value;
        }
    }

    private static object? ReadValue(ReadOnlySpan<byte> bytes)
    {
        object? value = null;
        for (var reader = new ProtobufReader(bytes); reader.Next();)
        {
            value = reader.Field switch
            {
                1 => reader.Text,
                2 => reader.Number != 0,
                3 => (long)reader.Number,
                _ => null,
            };
        }

        return value;
    }
}
