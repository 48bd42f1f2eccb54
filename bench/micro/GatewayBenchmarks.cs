using System.Diagnostics.Metrics;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.Contracts;
using StreamChat.Gateway;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Native;
using StreamChat.Gateway.Runs;

namespace StreamChat.Bench;

/// <summary>The gateway's path of a token: from the body that MassTransit hands over to the frame that the socket gets.</summary>
public class GatewayBenchmarks
{
    private readonly GatewayTelemetry _telemetry = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
    private readonly IDialect _native = new NativeDialect(Options.Create(new LimitsOptions()), new MessageExtensions([]));
    private byte[][] _bodies = null!;

    [GlobalSetup]
    public void Setup() =>
        _bodies = [.. Enumerable.Range(0, Answers.Words).Select(word => JsonSerializer.SerializeToUtf8Bytes(Answers.Round(word), ContractsJson.Default.RunEventBatch))];

    [Benchmark(Description = "gateway: body, sequencer (no connection)", OperationsPerInvoke = Answers.Tokens)]
    public Task<long> SequencerAsync() => RunAsync(_ => new NullViewer());

    [Benchmark(Description = "gateway: body to frames, native", OperationsPerInvoke = Answers.Tokens)]
    public Task<long> GatewayPathAsync() => RunAsync(_ => new QueueViewer(_native, _telemetry));

    private async Task<long> RunAsync(Func<int, Viewer> newViewer)
    {
        var registry = new RunRegistry();
        var viewers = new Viewer[Answers.Runs];
        for (var run = 0; run < viewers.Length; run++)
        {
            viewers[run] = newViewer(run);
            registry.GetOrAdd(new GatewayRun(Answers.RunId(run), "ada", "thread", null, null, 0)).TryAdd(viewers[run], null);
        }

        // nothing ends here, and nothing is missing: who starts runs and who asks for replays is not needed
        var dispatcher = new RunEventDispatcher(registry, null!, null!, null!, TimeProvider.System, _telemetry, NullLogger<RunEventDispatcher>.Instance);
        var bytes = 0L;
        foreach (var body in _bodies)
        {
            dispatcher.Dispatch(JsonSerializer.Deserialize(body, ContractsJson.Default.RunEventBatch)!);
            foreach (var viewer in viewers)
            {
                bytes += await viewer.TakeAsync();
            }
        }

        return bytes;
    }
}
