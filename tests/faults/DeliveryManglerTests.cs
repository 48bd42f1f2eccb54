using System.Buffers.Binary;
using System.Text;
using StreamChat.FaultEngine.Network;

namespace StreamChat.FaultTests;

/// <summary>What is done to deliveries looks to both sides like a broker that delivers at least once.</summary>
public sealed class DeliveryManglerTests : IDisposable
{
    private readonly DeliveryDisorder _disorder = new(new Random(1));
    private readonly List<byte> _toClient = [];
    private readonly List<byte> _toServer = [];
    private readonly DeliveryMangler _mangler;

    public DeliveryManglerTests() => _mangler = new DeliveryMangler(_disorder, bytes => Take(_toClient, bytes), bytes => Take(_toServer, bytes));

    public void Dispose() => _mangler.Dispose();

    [Fact]
    public async Task Without_disorder_every_byte_passes_however_it_is_cut()
    {
        byte[] sent = [.. Enumerable.Range(1, 20).SelectMany(i => Delivery((ulong)i, "instances"))];
        for (var at = 0; at < sent.Length; at += 7)
        {
            await _mangler.FromServerAsync(sent.AsMemory(at, Math.Min(7, sent.Length - at)));
        }

        Assert.Equal(sent, _toClient);
    }

    [Fact]
    public async Task Disorder_repeats_and_swaps_and_each_delivery_is_answered_once()
    {
        _disorder.Disorder(100);
        for (var i = 1; i <= 100; i++)
        {
            await _mangler.FromServerAsync(Delivery((ulong)i, "instances"));
        }

        _disorder.Stop();
        await _mangler.FromServerAsync(Delivery(101, "instances"));
        var tags = Tags(_toClient);
        Assert.Equal(Enumerable.Range(1, 101).Select(i => (ulong)i), tags.Distinct().Order());
        Assert.True(tags.Count > 101, "some come twice");
        Assert.Contains(tags.Zip(tags.Skip(1)), p => p.Second < p.First);

        await _mangler.FromClientAsync("AMQP\0\0\u0009\u0001"u8.ToArray());
        foreach (var tag in tags)
        {
            await _mangler.FromClientAsync(AmqpFrame.Ack(1, tag));
        }

        Assert.Equal(Enumerable.Range(1, 101).Select(i => (ulong)i), Answers().Order());
    }

    [Fact]
    public async Task What_is_lost_is_answered_for()
    {
        _disorder.Lose(100);
        await _mangler.FromServerAsync(Delivery(7, "instances"));
        Assert.Empty(_toClient);
        Assert.Equal([7UL], new AmqpFrames(header: false).Add([.. _toServer]).Select(AnsweredBy));
    }

    [Fact]
    public async Task What_is_for_a_work_queue_passes()
    {
        _disorder.Lose(100);
        await _mangler.FromServerAsync(Delivery(7, "StartRun"));
        Assert.Equal([7UL], Tags(_toClient));
        Assert.Empty(_toServer);
    }

    private static List<ulong> Tags(List<byte> bytes)
    {
        List<ulong> tags = [];
        foreach (var frame in new AmqpFrames(header: false).Add([.. bytes]))
        {
            if (frame.IsDelivery(out var tag, out _))
            {
                tags.Add(tag);
            }
        }

        return tags;
    }

    private IEnumerable<ulong> Answers() => new AmqpFrames(header: true).Add([.. _toServer]).Where(f => f.Type != 'A').Select(AnsweredBy);

    private static ulong AnsweredBy(AmqpFrame frame) => frame.IsAnswer(out var tag) ? tag : throw new InvalidOperationException("No answer.");

    private static Task Take(List<byte> taken, ReadOnlyMemory<byte> bytes)
    {
        taken.AddRange(bytes.Span);
        return Task.CompletedTask;
    }

    /// <summary>A delivery on channel 1: method, header, and a body in two frames.</summary>
    private static byte[] Delivery(ulong tag, string exchange)
    {
        var name = Encoding.UTF8.GetBytes(exchange);
        var number = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, tag);
        return
        [
            .. Frame(1, [0, 60, 0, 60, 1, (byte)'c', .. number, 0, (byte)name.Length, .. name, 1, (byte)'q']),
            .. Frame(2, [0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0]),
            .. Frame(3, [1, 2, 3]),
            .. Frame(3, [4]),
        ];
    }

    private static byte[] Frame(byte type, byte[] payload)
    {
        var size = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, payload.Length);
        return [type, 0, 1, .. size, .. payload, 0xCE];
    }
}
