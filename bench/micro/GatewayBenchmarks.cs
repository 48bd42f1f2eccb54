using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.Gateway;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Native;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.Bench;

/// <summary>The gateway's path of a token: from the body that MassTransit hands over to the frame that the socket gets.</summary>
public class GatewayBenchmarks
{
    private readonly GatewayTelemetry _telemetry = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
    private readonly IDialect _native = new NativeDialect(Options.Create(new LimitsOptions()), new MessageExtensions([]));
    private PackedBatch[] _bodies = null!;

    // connections outlive answers
    private Viewer[] _nobody = null!;
    private Viewer[] _connections = null!;

    [GlobalSetup]
    public void Setup()
    {
        _bodies = [.. Enumerable.Range(0, Answers.Words).Select(word => PackedBatch.Of(Answers.Round(word)))];
        _nobody = [.. Enumerable.Range(0, Answers.Runs).Select(_ => new NullViewer())];
        _connections = [.. Enumerable.Range(0, Answers.Runs).Select(_ => new QueueViewer(_native, _telemetry))];
    }

    [Benchmark(Description = "gateway: body, sequencer (no connection)", OperationsPerInvoke = Answers.Tokens)]
    public Task<long> SequencerAsync() => RunAsync(_nobody);

    [Benchmark(Description = "gateway: body to frames, native", OperationsPerInvoke = Answers.Tokens)]
    public Task<long> GatewayPathAsync() => RunAsync(_connections);

    private async Task<long> RunAsync(Viewer[] viewers)
    {
        var registry = new RunRegistry();
        for (var run = 0; run < viewers.Length; run++)
        {
            registry.GetOrAdd(new GatewayRun(Answers.RunId(run), "ada", "thread", null, null, 0)).TryAdd(viewers[run], null);
        }

        // nothing ends here, and nothing is missing: who starts runs and who asks for replays is not needed
        var dispatcher = new RunEventDispatcher(registry, null!, new SlowViewers(), null!, null!, null!, TimeProvider.System, _telemetry, NullLogger<RunEventDispatcher>.Instance);
        var bytes = 0L;
        foreach (var body in _bodies)
        {
            dispatcher.Dispatch(body);
            foreach (var viewer in viewers)
            {
                bytes += await viewer.TakeAsync();
            }
        }

        return bytes;
    }
}
