namespace StreamChat.FaultEngine.Network;

/// <summary>
/// Stands in an AMQP connection and has deliveries to the queue of a single process come twice, in another order, or not at all, as
/// a broker may do it that delivers at least once. What was delivered twice is acknowledged to the broker once, with the last answer.
/// Deliveries of the work queues pass: what guards those is the broker's own acknowledgement.
/// </summary>
internal sealed class DeliveryMangler(DeliveryDisorder disorder, Func<ReadOnlyMemory<byte>, Task> toClient, Func<ReadOnlyMemory<byte>, Task> toServer)
    : IDisposable
{
    private const string InstanceExchange = "instances";
    private static readonly TimeSpan HoldAtMost = TimeSpan.FromMilliseconds(60);

    private readonly AmqpFrames _fromServer = new(header: false);
    private readonly AmqpFrames _fromClient = new(header: true);
    private readonly SemaphoreSlim _toClient = new(1, 1);
    private readonly SemaphoreSlim _toServer = new(1, 1);
    private readonly Dictionary<int, Delivery> _incomplete = [];
    private readonly Dictionary<int, Delivery> _held = [];
    private readonly Dictionary<(int Channel, ulong Tag), int> _answersToSwallow = [];

    public async Task FromServerAsync(ReadOnlyMemory<byte> bytes)
    {
        foreach (var frame in _fromServer.Add(bytes.Span))
        {
            await FromServerAsync(frame);
        }
    }

    public async Task FromClientAsync(ReadOnlyMemory<byte> bytes)
    {
        foreach (var frame in _fromClient.Add(bytes.Span))
        {
            if (frame.Type != 'A' && frame.IsAnswer(out var tag) && IsSwallowed(frame.Channel, tag))
            {
                continue;
            }

            await SendAsync(_toServer, toServer, frame.Bytes);
        }
    }

    public void Dispose()
    {
        lock (_held)
        {
            _held.Clear();
        }
    }

    private async Task FromServerAsync(AmqpFrame frame)
    {
        if (frame.IsDelivery(out var tag, out var exchange))
        {
            _incomplete[frame.Channel] = new Delivery(frame, tag, exchange == InstanceExchange);
        }
        else if (frame.Type is 2 or 3 && _incomplete.TryGetValue(frame.Channel, out var delivery))
        {
            delivery.Add(frame);
        }
        else
        {
            await SendAsync(_toClient, toClient, frame.Bytes);
            return;
        }

        if (_incomplete[frame.Channel] is { IsWhole: true } whole)
        {
            _incomplete.Remove(frame.Channel);
            await DeliverAsync(whole);
        }
    }

    private async Task DeliverAsync(Delivery delivery)
    {
        switch (delivery.IsToInstance ? disorder.Next() : DeliveryDisorder.Fate.Plain)
        {
            case DeliveryDisorder.Fate.Lost:
                await SendAsync(_toServer, toServer, AmqpFrame.Ack(delivery.Channel, delivery.Tag));
                return;
            case DeliveryDisorder.Fate.Twice:
                Twice(delivery);
                await PassAsync(delivery);
                await PassAsync(delivery);
                break;
            case DeliveryDisorder.Fate.Again:
                Twice(delivery);
                await PassAsync(delivery);
                await ReleaseAsync(delivery.Channel);
                Hold(delivery);
                return;
            case DeliveryDisorder.Fate.Later:
                await ReleaseAsync(delivery.Channel);
                Hold(delivery);
                return;
            default:
                await PassAsync(delivery);
                break;
        }

        await ReleaseAsync(delivery.Channel);
    }

    private void Hold(Delivery delivery)
    {
        lock (_held)
        {
            _held[delivery.Channel] = delivery;
        }

        _ = ReleaseInTimeAsync(delivery);
    }

    private async Task ReleaseInTimeAsync(Delivery delivery)
    {
        await Task.Delay(HoldAtMost);
        try
        {
            await ReleaseAsync(delivery.Channel, delivery);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // the connection is gone, and its deliveries with it
        }
    }

    private async Task ReleaseAsync(int channel, Delivery? only = null)
    {
        Delivery? held;
        lock (_held)
        {
            if (!_held.TryGetValue(channel, out held) || (only is not null && held != only))
            {
                return;
            }

            _held.Remove(channel);
        }

        await PassAsync(held);
    }

    private void Twice(Delivery delivery)
    {
        lock (_answersToSwallow)
        {
            _answersToSwallow[(delivery.Channel, delivery.Tag)] = 1;
        }
    }

    private bool IsSwallowed(int channel, ulong tag)
    {
        lock (_answersToSwallow)
        {
            return _answersToSwallow.Remove((channel, tag));
        }
    }

    private Task PassAsync(Delivery delivery) => SendAsync(_toClient, toClient, delivery.Bytes());

    private static async Task SendAsync(SemaphoreSlim turn, Func<ReadOnlyMemory<byte>, Task> send, byte[] bytes)
    {
        await turn.WaitAsync();
        try
        {
            await send(bytes);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>A method frame with the header and body that follow it.</summary>
    private sealed class Delivery(AmqpFrame method, ulong tag, bool isToInstance)
    {
        private readonly List<byte[]> _frames = [method.Bytes];
        private long _missing = -1;

        public int Channel { get; } = method.Channel;

        public ulong Tag => tag;

        public bool IsToInstance => isToInstance;

        public bool IsWhole => _missing == 0;

        public void Add(AmqpFrame frame)
        {
            _missing = frame.Type == 2 ? frame.BodySize : _missing - frame.PayloadLength;
            _frames.Add(frame.Bytes);
        }

        public byte[] Bytes() => [.. _frames.SelectMany(f => f)];
    }
}
