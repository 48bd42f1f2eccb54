using System.Net;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Streams;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Outages;

/// <summary>Every service as a process, and a broker behind a line that can go dead.</summary>
public sealed class OutageStack : IAsyncLifetime
{
    /// <summary>Long enough for a slow machine; only ever used up by a failure.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private TcpRelay _line = null!;

    public RabbitMqServer Broker { get; } = RabbitMqServer.OfOurOwn();

    public TcpRelay Line => _line;

    public ServiceFleet Fleet { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Broker.StartAsync();
        _line = new TcpRelay(Broker.Uri.Port);
        Fleet = await ServiceFleet.StartAsync(
            [new("Bus__Uri", $"amqp://guest:guest@127.0.0.1:{_line.Port}")],
            [new("Bus__Heartbeat", "00:00:02")]);
    }

    /// <summary>Has people ask for streams, and returns when all of them see tokens.</summary>
    public async Task<StreamCrowd> StartCrowdAsync(int streams, int tokens, double rate)
    {
        var crowd = StreamCrowd.Start(Fleet.Edges, streams, tokens, rate, TimeProvider.System, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => crowd.AllHaveBegun, Patience);
        return crowd;
    }

    /// <summary>Waits until a process of each service but the edge, which knows of no broker, says whether it is ready.</summary>
    public Task WaitForReadinessAsync(bool ready) => Task.WhenAll(Fleet.Members
        .Where(m => m.Service != "edge")
        .Select(m => Eventually.GetAsync(
            () => ReadyAsync(m.Process), status => status == (ready ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable), Patience)));

    /// <summary>Waits for the end of all streams; with the processes' output when something is amiss.</summary>
    public async Task FinishAsync(StreamCrowd crowd)
    {
        try
        {
            await crowd.FinishAsync(Patience);
        }
        catch (InvalidOperationException e)
        {
            Assert.Fail($"{e.Message}\n{crowd}\n{Fleet}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine(crowd.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await Fleet.DisposeAsync();
        await _line.DisposeAsync();
        await Broker.DisposeAsync();
    }

    private static async Task<HttpStatusCode> ReadyAsync(ServiceProcess service)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(service.BaseAddress, "/health/ready"), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
