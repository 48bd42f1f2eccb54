using System.Text.Json;
using BenchmarkDotNet.Attributes;
using StreamChat.Contracts;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.Bench;

/// <summary>The body of a batch by itself, for each event in it.</summary>
public class BatchBenchmarks
{
    private RunEventBatch _batch = null!;
    private readonly BatchWriter _writer = new();
    private byte[] _json = null!;
    private PackedBatch _packed = null!;

    [GlobalSetup]
    public void Setup()
    {
        _batch = Answers.Round(7);
        _json = JsonSerializer.SerializeToUtf8Bytes(_batch, ContractsJson.Default.RunEventBatch);
        _packed = PackedBatch.Of(_batch);
    }

    [Benchmark(Description = "batch: pack", OperationsPerInvoke = Answers.Runs)]
    public PackedBatch Pack()
    {
        _writer.Begin(_batch.WorkerId);
        for (var run = 0; run < Answers.Runs; run++)
        {
            _writer.BeginSlice(Answers.RunId(run), 1);
            _writer.WritePiece(8, 8, Answers.MessageIds[run], isReasoning: false, Answers.Word(7));
            _writer.EndSlice();
        }

        return _writer.Complete();
    }

    [Benchmark(Description = "batch: read packed", OperationsPerInvoke = Answers.Runs)]
    public int ReadPacked()
    {
        var characters = 0;
        var reader = _packed.Read();
        while (reader.NextSlice())
        {
            while (reader.NextEvent())
            {
                characters += reader.Delta().Length;
            }
        }

        return characters;
    }

    [Benchmark(Description = "batch: write as JSON", OperationsPerInvoke = Answers.Runs)]
    public byte[] WriteJson() => JsonSerializer.SerializeToUtf8Bytes(_batch, ContractsJson.Default.RunEventBatch);

    [Benchmark(Description = "batch: read as JSON", OperationsPerInvoke = Answers.Runs)]
    public RunEventBatch? ReadJson() => JsonSerializer.Deserialize(_json, ContractsJson.Default.RunEventBatch);
}
