using StreamChat.AgentWorker.Relay;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.Bench;

/// <summary>Takes bodies and confirms at once.</summary>
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

    public Task PublishAsync(string gatewayId, PackedBatch batch, CancellationToken cancellationToken)
    {
        Bytes += batch.Length;
        var events = 0;
        var reader = batch.Read();
        while (reader.NextSlice())
        {
            while (reader.NextEvent())
            {
                events++;
            }
        }

        if (Interlocked.Add(ref _expected, -events) == 0)
        {
            _sent.SetResult();
        }

        return Task.CompletedTask;
    }
}
