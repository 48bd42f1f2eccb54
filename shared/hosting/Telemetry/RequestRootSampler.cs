using System.Diagnostics;
using OpenTelemetry.Trace;

namespace StreamChat.Hosting.Telemetry;

/// <summary>
/// Decides for spans without a parent: a trace begins with a request. Batches of the relay, announcements and probes of the edge also
/// cross the bus and HTTP, belong to no request (or to many), and would otherwise each make a trace of one span.
/// </summary>
internal sealed class RequestRootSampler : Sampler
{
    public static bool IsNoRequest(ActivityKind kind) => kind is ActivityKind.Producer or ActivityKind.Consumer or ActivityKind.Client;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(IsNoRequest(samplingParameters.Kind) ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
}
