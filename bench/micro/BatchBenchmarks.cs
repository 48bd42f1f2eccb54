using System.Text.Json;
using BenchmarkDotNet.Attributes;
using StreamChat.Contracts;
using StreamChat.Contracts.Runs;

namespace StreamChat.Bench;

/// <summary>The body of a batch by itself, for each event in it.</summary>
public class BatchBenchmarks
{
    private RunEventBatch _batch = null!;
    private byte[] _json = null!;

    [GlobalSetup]
    public void Setup()
    {
        _batch = Answers.Round(7);
        _json = JsonSerializer.SerializeToUtf8Bytes(_batch, ContractsJson.Default.RunEventBatch);
    }

    [Benchmark(Description = "batch: write as JSON", OperationsPerInvoke = Answers.Runs)]
    public byte[] WriteJson() => JsonSerializer.SerializeToUtf8Bytes(_batch, ContractsJson.Default.RunEventBatch);

    [Benchmark(Description = "batch: read as JSON", OperationsPerInvoke = Answers.Runs)]
    public RunEventBatch? ReadJson() => JsonSerializer.Deserialize(_json, ContractsJson.Default.RunEventBatch);
}
