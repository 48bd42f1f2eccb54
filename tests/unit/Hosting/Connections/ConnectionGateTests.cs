using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StreamChat.Hosting;
using StreamChat.Hosting.Connections;
using StreamChat.Hosting.Health;
using StreamChat.TestSupport.Time;
using StreamChat.TestSupport.Waiting;
using StreamChat.UnitTests.Edge;

namespace StreamChat.UnitTests.Hosting.Connections;

/// <summary>A server that takes three requests at once and nineteen connections, on the test's clock.</summary>
public sealed class ConnectionGateTests : IAsyncLifetime
{
    private const int Capacity = 3;
    private const int Total = Capacity + 16;
    private const string Get = "GET / HTTP/1.1\nHost: x\nConnection: close\n\n";
    private const string Hold = "GET /hold HTTP/1.1\nHost: x\n\n";
    private const string Live = "GET /health/live HTTP/1.1\nHost: x\nConnection: close\n\n";

    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _log = new();
    private readonly List<TcpClient> _clients = [];
    private int _held;
    private WebApplication _app = null!;
    private ConnectionGate _gate = null!;

    private Uri Address => new(_app.Urls.Single());

    public async ValueTask InitializeAsync()
    {
        var builder = StreamChatHost.CreateBuilder(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None", "--Logging:LogLevel:Microsoft=None"], "test", defaultPort: 0);
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddHealthChecks();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMinutes(10));
        builder.Services.Configure<ConnectionGateOptions>(gate => (gate.Share, gate.Most) = (0.5, Capacity));
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("StreamChat", LogLevel.Information);
        builder.Logging.AddProvider(new Lines(_log));
        _app = builder.Build();
        _app.MapStreamChatHealth();
        _app.MapGet("/", async (HttpResponse response) =>
        {
            await response.StartAsync();
            await response.WriteAsync("served");
        });
        _app.MapGet("/hold", async (HttpContext context) =>
        {
            Interlocked.Increment(ref _held);
            await _release.Task.WaitAsync(context.RequestAborted);
            return "released";
        });
        await _app.StartAsync(TestContext.Current.CancellationToken);
        _gate = _app.Services.GetRequiredService<ConnectionGate>();
        Assert.Equal((Capacity, Total), (_gate.Budget!.Capacity, _gate.Budget.Total));
    }

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        _clients.ForEach(c => c.Dispose());
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_request_beyond_the_capacity_gets_503_and_probes_are_answered_all_the_same()
    {
        await HoldAllAsync();
        var refused = await RawClient.SendAsync(Address, Get);
        Assert.StartsWith("HTTP/1.1 503 ", refused, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 5\r\n", refused, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", refused, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"unavailable\"", refused, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await RawClient.SendAsync(Address, Live), StringComparison.Ordinal);

        _release.SetResult();
        await Eventually.TrueAsync(async () => (await RawClient.SendAsync(Address, Get)).Contains("served", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connections_that_send_nothing_keep_nobody_out_and_those_in_use_stay()
    {
        await HoldAllAsync(Capacity - 1);
        for (var i = 0; i < 10 * Total; i++)
        {
            await OpenAsync("");
            Assert.InRange(_gate.OpenConnections, 0, Total);
        }

        Assert.Contains("served", await RawClient.SendAsync(Address, Get), StringComparison.Ordinal);
        Assert.Equal(Capacity - 1, _held);

        // the first that sent nothing made way
        Assert.Equal("", await RawClient.ReadToEndAsync(_clients[Capacity - 1]));
        _release.SetResult();
        using var reader = new StreamReader(_clients[0].GetStream());
        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task When_all_are_in_use_the_most_connections_are_refused_without_an_answer()
    {
        await HoldAllAsync();
        for (var i = 0; i < Total - Capacity; i++)
        {
            await OpenAsync("GET /hold HTTP/1.1\nHost: x\n");
        }

        await Eventually.TrueAsync(() => _gate.OpenConnections == Total);

        // each of those that have begun a request makes way for the next one; those in use do not
        for (var i = 0; i < 2 * Total; i++)
        {
            await OpenAsync(Live);
        }

        Assert.StartsWith("HTTP/1.1 200 ", await RawClient.SendAsync(Address, Live), StringComparison.Ordinal);
        Assert.Equal(Capacity, _held);
        _release.SetResult();
        using var reader = new StreamReader(_clients[0].GetStream());
        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task However_many_are_turned_away_the_log_has_a_line_at_the_beginning_and_one_at_the_end()
    {
        await HoldAllAsync();
        for (var i = 0; i < 50; i++)
        {
            Assert.StartsWith("HTTP/1.1 503 ", await RawClient.SendAsync(Address, Get), StringComparison.Ordinal);
        }

        Assert.Single(_log, l => l.StartsWith("Out of capacity (capacity): 3 of 3 connections are in use", StringComparison.Ordinal));
        _release.SetResult();
        await Eventually.TrueAsync(async () => (await RawClient.SendAsync(Address, Get)).Contains("served", StringComparison.Ordinal));
        Assert.DoesNotContain(_log, l => l.StartsWith("Has capacity again", StringComparison.Ordinal));

        _time.Advance(TimeSpan.FromSeconds(31));
        await RawClient.SendAsync(Address, Get);
        await Eventually.TrueAsync(() => _log.Any(l => l.StartsWith("Has capacity again. 5", StringComparison.Ordinal)));
        Assert.Single(_log, l => l.StartsWith("Out of capacity", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_that_sends_nothing_is_closed_after_ten_seconds_and_one_between_two_requests_is_not()
    {
        var silent = await OpenAsync("");
        var begun = await OpenAsync("G");
        var served = await OpenAsync("GET / HTTP/1.1\nHost: x\n\n");
        using var reader = new StreamReader(served.GetStream());
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is not ("0" or null))
        {
            // up to the last chunk
        }

        await Eventually.TrueAsync(() => _time.ActiveTimers > 0 && _gate.OpenConnections == 3);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(3, _gate.OpenConnections);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("", await RawClient.ReadToEndAsync(silent));
        await Eventually.TrueAsync(() => _gate.OpenConnections == 2);

        await begun.GetStream().WriteAsync("ET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 200 ", await RawClient.ReadToEndAsync(begun), StringComparison.Ordinal);
        await served.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Contains("200 OK", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_that_sent_nothing_do_not_hold_up_a_stop()
    {
        await OpenAsync("");
        await Eventually.TrueAsync(() => _gate.OpenConnections == 1 && _time.ActiveTimers > 0);
        await _app.StopAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal(0, _gate.OpenConnections);
    }

    private async Task HoldAllAsync(int count = Capacity)
    {
        for (var i = 0; i < count; i++)
        {
            await OpenAsync(Hold);
        }

        await Eventually.TrueAsync(() => Volatile.Read(ref _held) == count);
    }

    private async Task<TcpClient> OpenAsync(string request)
    {
        var client = await RawClient.ConnectAsync(Address, request);
        _clients.Add(client);
        return client;
    }

    private sealed class Lines(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
