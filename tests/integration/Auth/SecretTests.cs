using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StreamChat.Edge;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Auth;

/// <summary>Through a real edge: credentials are in no log and no span, and everybody of one user comes to one gateway.</summary>
public sealed class SecretTests(RabbitMqServer broker) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_token_is_in_no_log_and_no_span_of_edge_or_gateway()
    {
        ConcurrentQueue<string> spans = new();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => spans.Enqueue(
                $"{activity.DisplayName} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Baggage)} {string.Join(' ', activity.Events.SelectMany(e => e.Tags))}"),
        };
        ActivitySource.AddActivityListener(listener);
        await using var gateway = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync());
        var edgeLogs = new RecordedLogs();
        await using var edge = await StartEdgeAsync(edgeLogs, gateway);
        var token = await gateway.TokenAsync("ada");
        var mark = $"mark-{Guid.CreateVersion7()}";
        var address = new Uri(edge.Urls.Single());
        await using (var inQuery = await Handshaken.ConnectAsync(address, $"/ws/v1?x={mark}&token={token}", null, null))
        await using (var alsoInQuery = await Handshaken.ConnectAsync(address, $"/ws/quiet?access_token={token}", null, null))
        await using (var inProtocol = await Handshaken.ConnectAsync(address, "/ws/v1", null, null, "streamchat.v1", $"bearer.{token}"))
        await using (var refused = await Handshaken.ConnectAsync(address, $"/ws/v1?user_id=bob&token={token}", null, null))
        {
            Assert.Equal("101 101 101 403", $"{(int)inQuery.Status} {(int)alsoInQuery.Status} {(int)inProtocol.Status} {(int)refused.Status}");
        }

        using (var http = new HttpClient { BaseAddress = address })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync($"/connections?token={token}", TestContext.Current.CancellationToken)).StatusCode);
        }

        // the address itself is logged at this level, so that the test would notice
        await Eventually.TrueAsync(() => gateway.Logs.Lines.Any(l => l.Text.Contains(mark, StringComparison.Ordinal) && l.Text.Contains("Request finished", StringComparison.Ordinal)));
        Assert.Contains(edgeLogs.Lines, l => l.Text.Contains(mark, StringComparison.Ordinal));
        Assert.Contains(spans, s => s.Contains("/ws/v1", StringComparison.Ordinal));

        var ticket = token[(token.IndexOf('.', StringComparison.Ordinal) + 1)..];
        Assert.DoesNotContain(gateway.Logs.Lines, l => l.Text.Contains(ticket, StringComparison.Ordinal) || l.Text.Contains(GatewayHost.Shop.Key, StringComparison.Ordinal));
        Assert.DoesNotContain(edgeLogs.Lines, l => l.Text.Contains(ticket, StringComparison.Ordinal));
        Assert.DoesNotContain(spans, s => s.Contains(ticket, StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_tokens_of_a_user_lead_to_one_gateway_so_that_limits_are_exact()
    {
        var vhost = await broker.CreateVirtualHostAsync();
        await using var one = await GatewayHost.StartRequiredAsync(vhost, ("Auth:KeysPath", _folder.File("keys")));
        await using var other = await GatewayHost.StartRequiredAsync(vhost, ("Auth:KeysPath", _folder.File("keys")));
        await using var edge = await StartEdgeAsync(new RecordedLogs(), one, other);
        var address = new Uri(edge.Urls.Single());
        List<Handshaken> sockets = [];
        for (var user = 0; user < 6; user++)
        {
            var opened = 0;
            for (var i = 0; i < 8; i++)
            {
                // another token each time, in another place, with and without the name beside it
                var token = await (i % 2 == 0 ? one : other).TokenAsync($"user-{user}");
                var socket = i switch
                {
                    0 => await Handshaken.ConnectAsync(address, $"/ws/path/user-{user}?token={token}", null, null),
                    1 => await Handshaken.ConnectAsync(address, $"/ws/path/user-{user}?user_id=user-{user}", token, null),
                    2 => await Handshaken.ConnectAsync(address, $"/ws/path/user-{user}", null, null, "x", $"bearer.{token}"),
                    3 => await Handshaken.ConnectAsync(address, $"/ws/v1?token={token}", null, null),
                    4 => await Handshaken.ConnectAsync(address, "/ws/v1", token, null),
                    5 => await Handshaken.ConnectAsync(address, $"/ws/v1?user_id=user-{user}&access_token={token}", null, null),
                    6 => await Handshaken.ConnectAsync(address, "/ws/v1", null, null, "streamchat.v1", $"bearer.{token}"),
                    _ => await Handshaken.ConnectAsync(address, $"/ws/path/user-{user}", token, null),
                };
                sockets.Add(socket);
                opened += socket.IsOpen ? 1 : 0;
                Assert.Equal(i == 7 ? HttpStatusCode.TooManyRequests : HttpStatusCode.SwitchingProtocols, socket.Status);
            }

            Assert.Equal(7, opened);
            Assert.Single(new[] { one, other }, g => g.Get<StreamChat.Gateway.Connections.ConnectionRegistry>().All.Any(c => c.UserId == $"user-{user}"));
        }

        foreach (var socket in sockets)
        {
            await socket.DisposeAsync();
        }
    }

    private static async Task<WebApplication> StartEdgeAsync(RecordedLogs logs, params GatewayHost[] gateways)
    {
        var edge = EdgeApp.Build(
        [
            "--urls=http://127.0.0.1:0", "--Edge:HealthCheckInterval=00:00:00.1", "--Edge:DrainTimeout=00:00:00",
            "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft=Trace", "--Logging:LogLevel:Yarp=Trace", "--Logging:Console:LogLevel:Default=None",
            "--Logging:Console:LogLevel:Microsoft=None", "--Logging:Console:LogLevel:Yarp=None", "--Logging:Console:LogLevel:Microsoft.Hosting.Lifetime=None",
            .. gateways.Select((g, i) => $"--Edge:Gateways:{i}={g.Address}"),
        ]);
        edge.Services.GetRequiredService<ILoggerFactory>().AddProvider(logs);
        await edge.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient();
        await Eventually.TrueAsync(async () =>
            (await http.GetStringAsync(new Uri(new Uri(edge.Urls.Single()), "/health/ready"), TestContext.Current.CancellationToken))
                .Contains($"\"{gateways.Length} of ", StringComparison.Ordinal));
        return edge;
    }
}
