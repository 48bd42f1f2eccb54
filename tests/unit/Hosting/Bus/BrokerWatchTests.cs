using System.Diagnostics.Metrics;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Bus.Broker;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Hosting.Bus;

public sealed class BrokerWatchTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly BrokerWatch _watch;
    private BusHealthStatus _health = BusHealthStatus.Unhealthy;

    public BrokerWatchTests() => _watch = New(BusTransport.RabbitMq);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void What_is_amiss_is_said_once_and_unblocking_needs_no_new_connection()
    {
        List<BrokerState> said = [];
        _watch.Changed += said.Add;
        Look(BusHealthStatus.Healthy);
        Look(BusHealthStatus.Healthy);
        _watch.Block("low on memory");
        Look(BusHealthStatus.Healthy);
        Look(BusHealthStatus.Healthy);
        _watch.Unblock();
        Look(BusHealthStatus.Healthy);
        Look(BusHealthStatus.Degraded);
        Assert.Equal([BrokerState.Available, BrokerState.Blocked, BrokerState.Available, BrokerState.Unavailable], said);
    }

    [Fact]
    public void Time_is_counted_by_state()
    {
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => Enable(instrument, l) };
        Dictionary<string, double> spent = [];
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => spent[(string)tags[0].Value!] = spent.GetValueOrDefault((string)tags[0].Value!) + value);
        listener.Start();

        _time.Advance(TimeSpan.FromSeconds(2));
        Look(BusHealthStatus.Healthy);
        _time.Advance(TimeSpan.FromSeconds(3));
        Look(BusHealthStatus.Healthy);
        _watch.Block("low on memory");
        Look(BusHealthStatus.Healthy);
        _time.Advance(TimeSpan.FromSeconds(4));
        Look(BusHealthStatus.Healthy);
        Assert.Equal((2.0, 3.0, 4.0), (spent["unavailable"], spent["available"], spent["blocked"]));

        void Enable(Instrument instrument, MeterListener l)
        {
            if (instrument.Name == "streamchat.broker.time" && instrument.Meter.Scope == _services.GetRequiredService<IMeterFactory>())
            {
                l.EnableMeasurementEvents(instrument);
            }
        }
    }

    [Fact]
    public async Task A_publish_waits_for_a_connection_and_no_longer_than_its_deadline()
    {
        var tried = 0;
        var first = new FakeConnection();
        _watch.Watch(first.Client);
        await first.BreakAsync();
        var publish = _watch.PublishAsync(Deadline, Count, Token);
        Assert.False(publish.IsCompleted);
        var second = new FakeConnection();
        _watch.Watch(second.Client);
        await publish;
        Assert.Equal(1, tried);

        await second.BreakAsync();
        var hopeless = _watch.PublishAsync(Deadline, Count, Token);
        _time.Advance(Deadline);
        await Assert.ThrowsAsync<TimeoutException>(() => hopeless);
        Assert.Equal(1, tried);

        Task Count(CancellationToken token)
        {
            tried++;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_publish_whose_connection_breaks_is_done_again_on_the_next_one_though_the_library_leaves_it_hanging()
    {
        var first = new FakeConnection();
        _watch.Watch(first.Client);
        var tried = 0;
        var publish = _watch.PublishAsync(Deadline, _ => ++tried == 1 ? Task.Delay(Timeout.Infinite, Token) : Task.CompletedTask, Token);
        await first.BreakAsync();
        Assert.False(publish.IsCompleted);
        _watch.Watch(new FakeConnection().Client);
        await publish;
        Assert.Equal(2, tried);
    }

    [Fact]
    public async Task While_the_broker_takes_nothing_nothing_is_written_and_the_deadline_holds()
    {
        var connection = new FakeConnection();
        _watch.Watch(connection.Client);
        await connection.BlockAsync();
        var tried = 0;
        var refused = _watch.PublishAsync(Deadline, Count, Token);
        _time.Advance(Deadline);
        await Assert.ThrowsAsync<TimeoutException>(() => refused);
        Assert.Equal(0, tried);

        var late = _watch.PublishAsync(Deadline, Count, Token);
        await connection.UnblockAsync();
        await late;
        Assert.Equal(1, tried);

        // a broken connection blocks nobody
        await connection.BlockAsync();
        await connection.BreakAsync();
        _watch.Watch(new FakeConnection().Client);
        await _watch.PublishAsync(Deadline, Count, Token);
        Assert.Equal(2, tried);

        Task Count(CancellationToken token)
        {
            tried++;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_failure_that_is_not_the_connections_is_the_publishers()
    {
        _watch.Watch(new FakeConnection().Client);
        Look(BusHealthStatus.Healthy);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _watch.PublishAsync(Deadline, _ => throw new InvalidOperationException(), Token));

        // one message that cannot be sent says nothing about the broker
        Look(BusHealthStatus.Healthy);
        Assert.Equal(BrokerState.Available, _watch.State);
        await _watch.PublishAsync(Deadline, _ => Task.CompletedTask, Token);
    }

    [Fact]
    public async Task A_bus_that_consumes_nothing_waits_for_its_connection_itself() =>
        await _watch.PublishAsync(Deadline, _ => Task.CompletedTask, Token);

    [Fact]
    public async Task In_memory_there_is_nothing_to_wait_for() =>
        await New(BusTransport.InMemory).PublishAsync(Deadline, _ => Task.CompletedTask, Token);

    public void Dispose()
    {
        _watch.Dispose();
        _services.Dispose();
    }

    private BrokerWatch New(BusTransport transport) =>
        new(transport, () => _health, _services.GetRequiredService<IMeterFactory>(), _time, NullLogger<BrokerWatch>.Instance);

    private void Look(BusHealthStatus health)
    {
        _health = health;
        _watch.Look();
    }
}
