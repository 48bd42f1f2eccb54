using System.Globalization;
using System.Text.Json;

namespace StreamChat.TestSupport.Telemetry;

/// <summary>Reads spans in OTLP's JSON form (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).</summary>
public static class OtlpJson
{
    /// <summary>The spans of a <c>TracesData</c>.</summary>
    /// <param name="traces">The object with <c>resourceSpans</c>.</param>
    public static IReadOnlyList<ReceivedSpan> ReadSpans(JsonElement traces) =>
    [
        .. from resource in traces.GetProperty("resourceSpans").EnumerateArray()
           let service = (string)ReadAttributes(resource.GetProperty("resource"))["service.name"]
           from scope in resource.GetProperty("scopeSpans").EnumerateArray()
           from span in scope.GetProperty("spans").EnumerateArray()
           select ReadSpan(service, scope.GetProperty("scope").GetProperty("name").GetString()!, span),
    ];

    private static ReceivedSpan ReadSpan(string service, string scope, JsonElement span) => new()
    {
        Service = service,
        Scope = scope,
        TraceId = Text(span, "traceId"),
        SpanId = Text(span, "spanId"),
        ParentSpanId = Text(span, "parentSpanId"),
        Name = Text(span, "name"),
        Kind = span.TryGetProperty("kind", out var kind) ? kind.GetInt32() : 0,
        Start = ulong.Parse(Text(span, "startTimeUnixNano"), CultureInfo.InvariantCulture),
        End = ulong.Parse(Text(span, "endTimeUnixNano"), CultureInfo.InvariantCulture),
        Attributes = ReadAttributes(span),
    };

    private static string Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";

    private static Dictionary<string, object> ReadAttributes(JsonElement parent)
    {
        Dictionary<string, object> attributes = [];
        if (parent.TryGetProperty("attributes", out var list))
        {
            foreach (var attribute in list.EnumerateArray())
            {
                // one member, whose name is the type; 64-bit numbers are text
                var value = attribute.GetProperty("value").EnumerateObject().Single();
                attributes[Text(attribute, "key")] = value.Name == "intValue" ? long.Parse(value.Value.ToString(), CultureInfo.InvariantCulture) : value.Value.ToString();
            }
        }

        return attributes;
    }
}
