using System.Text.Json;
using StreamChat.AgentWorker.Relay;
using StreamChat.Contracts;
using StreamChat.Contracts.Runs;

namespace StreamChat.Bench;

/// <summary>Makes the body of a batch, as the bus would, and confirms at once.</summary>
internal sealed class BodyTransport : IRelayTransport
{
    private TaskCompletionSource _sent = new();
    private int _expected;

    /// <summary>How long the bodies were together.</summary>
    public long Bytes { get; private set; }

    /// <summary>Completes when so many more events have come.</summary>
    public Task Expect(int events)
    {
        _sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _expected, events);
        return _sent.Task;
    }

    public Task PublishAsync(string gatewayId, RunEventBatch batch, CancellationToken cancellationToken)
    {
        Bytes += JsonSerializer.SerializeToUtf8Bytes(batch, ContractsJson.Default.RunEventBatch).Length;
        var events = 0;
        foreach (var slice in batch.Slices)
        {
            events += slice.Events.Count;
        }

        if (Interlocked.Add(ref _expected, -events) == 0)
        {
            _sent.SetResult();
        }

        return Task.CompletedTask;
    }
}
