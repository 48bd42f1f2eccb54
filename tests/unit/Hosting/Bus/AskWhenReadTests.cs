using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Bus;
using StreamChat.TestSupport.Waiting;
using MassTransitBus = MassTransit.Bus;

namespace StreamChat.UnitTests.Hosting.Bus;

public sealed class AskWhenReadTests : IAsyncLifetime
{
    private const string Queue = "words";

    private readonly ConcurrentQueue<string> _heard = new();
    private readonly IBusControl _bus;
    private volatile bool _isAway;

    public AskWhenReadTests() => _bus = MassTransitBus.Factory.CreateUsingInMemory(bus =>
    {
        bus.ReceiveEndpoint("askers", endpoint => endpoint.Handler<Question>(context =>
        {
            _heard.Enqueue("asked");
            return Task.CompletedTask;
        }));

        // as the client library reports what the broker did not answer
        bus.ConfigurePublish(pipe => pipe.UseExecute(_ =>
        {
            if (_isAway)
            {
                throw new TaskCanceledException();
            }
        }));
    });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _bus.StartAsync(Token);

    public async ValueTask DisposeAsync() => await _bus.StopAsync(CancellationToken.None);

    [Fact]
    public async Task It_asks_each_time_that_its_queue_is_read_whatever_became_of_the_last_question()
    {
        using var asker = new Asker(_bus, _heard);
        await asker.StartAsync(Token);
        _isAway = true;
        await ReadUntilAsync("unheard");

        _isAway = false;
        await ReadUntilAsync("asked");
        Assert.Equal(["hears", "unheard", "hears", "asked"], _heard);
        await asker.StopAsync(Token);
    }

    [Fact]
    public async Task Other_queues_are_not_its_business()
    {
        using var asker = new Asker(_bus, _heard);
        await asker.StartAsync(Token);
        var other = _bus.ConnectReceiveEndpoint("others", _ => { });
        await other.Ready;
        await other.StopAsync(Token);
        Assert.Empty(_heard);
        await asker.StopAsync(Token);
    }

    private async Task ReadUntilAsync(string heard)
    {
        var endpoint = _bus.ConnectReceiveEndpoint(Queue, _ => { });
        await endpoint.Ready;
        await Eventually.TrueAsync(() => _heard.Contains(heard));
        await endpoint.StopAsync(Token);
    }

    public sealed record Question;

    private sealed class Asker(IBusControl bus, ConcurrentQueue<string> heard) : AskWhenRead<Question>(bus, Queue, Options.Create(new BusOptions()), TimeProvider.System)
    {
        protected override Question Question => new();

        protected override void OnHearing(bool hears) => heard.Enqueue(hears ? "hears" : "hears nothing");

        protected override void OnUnheard(Exception exception) => heard.Enqueue("unheard");
    }
}
