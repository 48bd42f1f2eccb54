using System.Threading.Channels;
using MassTransit;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Bus.Batches;
using StreamChat.TestSupport.Brokers;

namespace StreamChat.IntegrationTests.Bus;

/// <summary>A batch travels as its own body, among the JSON of everything else.</summary>
public sealed class PackedBatchTests(RabbitMqServer broker)
{
    private readonly Channel<(string What, ConsumeContext Context)> _taken = Channel.CreateUnbounded<(string, ConsumeContext)>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queue_takes_batches_of_both_forms_and_other_messages_in_the_order_they_were_sent()
    {
        var uri = await broker.CreateVirtualHostAsync();
        await using var gateway = await BusHost.StartReadyAsync(uri, new TakingModule("gateway-g", _taken.Writer));
        await using var worker = await BusHost.StartReadyAsync(uri);
        var packed = PackedBatch.Of(Batch("packed"));

        await worker.Sender.SendAsync("gateway-g", packed, Token);
        await worker.Sender.SendAsync("gateway-g", new AttachAnswered { RunId = Guid.NewGuid(), ConnectionId = "g.1", WorkerId = "w" }, Token);
        await worker.Sender.SendAsync("gateway-g", Batch("of an earlier version"), Token);
        await worker.Sender.SendAsync("gateway-g", packed, Token);

        var first = await NextAsync();
        Assert.Equal("packed", first.What);
        Assert.Equal("answered", (await NextAsync()).What);
        Assert.Equal("of an earlier version", (await NextAsync()).What);
        Assert.Equal("packed", (await NextAsync()).What);

        var received = first.Context.ReceiveContext;
        Assert.Equal("application/vnd.streamchat.batch", received.ContentType.MediaType);
        Assert.Equal(packed.Bytes, received.Body.GetBytes());
        Assert.NotNull(first.Context.MessageId);
        Assert.DoesNotContain(((RabbitMqBasicConsumeContext)received).Properties.Headers?.Keys ?? [], key => key.StartsWith("MT-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_no_batch_does_not_stop_those_behind_it()
    {
        var uri = await broker.CreateVirtualHostAsync();
        await using var gateway = await BusHost.StartReadyAsync(uri, new TakingModule("gateway-g", _taken.Writer));
        await using var worker = await BusHost.StartReadyAsync(uri);

        await worker.Sender.SendAsync("gateway-g", new PackedBatch([2, 0]), Token);
        await worker.Sender.SendAsync("gateway-g", PackedBatch.Of(Batch("behind it")), Token);

        Assert.Equal("behind it", (await NextAsync()).What);
    }

    private static RunEventBatch Batch(string worker) => new()
    {
        WorkerId = worker,
        Slices = [new RunEventSlice { RunId = Guid.NewGuid(), Attempt = 1, Events = [new TextMessageContent { Seq = 1, MessageId = "m", Delta = "你好" }] }],
    };

    private async Task<(string What, ConsumeContext Context)> NextAsync() => await _taken.Reader.ReadAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Token);

    private sealed class TakingModule(string queue, ChannelWriter<(string What, ConsumeContext Context)> taken) : IBusModule
    {
        public void AddConsumers(IBusRegistrationConfigurator bus)
        {
        }

        public void ConfigureEndpoints(IBusRegistrationContext context, IBusFactoryConfigurator bus) =>
            bus.InstanceQueue(queue, concurrency: 1, prefetch: 16, endpoint =>
            {
                endpoint.AddDeserializer(PackedBatchSerializer.Instance, isDefault: false);
                endpoint.Handler<PackedBatch>(c => taken.WriteAsync((c.Message.Read().WorkerId, c)).AsTask());
                endpoint.Handler<RunEventBatch>(c => taken.WriteAsync((c.Message.WorkerId, c)).AsTask());
                endpoint.Handler<AttachAnswered>(c => taken.WriteAsync(("answered", c)).AsTask());
            });
    }
}
