using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using StreamChat.AgentWorker.Relay;
using StreamChat.AgentWorker.Runs;

namespace StreamChat.Bench;

/// <summary>The worker's path of a token: from the run's log through the lane to the body that MassTransit gets.</summary>
public class RelayBenchmarks
{
    private readonly RelayMetrics _metrics = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
    private BodyTransport _transport = null!;
    private RelayLane _lane = null!;

    [GlobalSetup]
    public void Setup()
    {
        _transport = new BodyTransport();
        _lane = new RelayLane("gateway", "a1b2c3d4e5f6", _transport, new RelayOptions(), TimeProvider.System, _metrics, NullLogger.Instance, _ => { });
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _lane.DisposeAsync();

    /// <summary>Every run says a word, and all of them are on their way before the next one.</summary>
    [Benchmark(Description = "worker: log, lane, body", OperationsPerInvoke = Answers.Tokens)]
    public async Task<long> WorkerPathAsync()
    {
        var logs = new RunLog[Answers.Runs];
        for (var run = 0; run < logs.Length; run++)
        {
            logs[run] = new RunLog(Answers.RunId(run), 1, 1_000_000, 1_000_000);
            logs[run].Attach(_lane, 0);
        }

        for (var word = 0; word < Answers.Words; word++)
        {
            var sent = _transport.Expect(Answers.Runs);
            for (var run = 0; run < logs.Length; run++)
            {
                logs[run].AppendText(Answers.MessageIds[run], Answers.Word(word));
            }

            await sent;
        }

        foreach (var log in logs)
        {
            log.Detach(_lane);
        }

        return _transport.Bytes;
    }
}
