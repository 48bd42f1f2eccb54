using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Connections;

/// <summary>How connections begin and end, on the gateway itself.</summary>
public sealed class ConnectionLifeTests(RabbitMqServer broker)
{
    [Fact]
    public async Task An_idle_connection_is_closed_and_one_with_a_run_is_not()
    {
        await using var service = await StartAsync(("Limits:Idle", "00:00:01"));
        await using var idle = await service.ConnectAsync();
        await using var busy = await service.ConnectAsync();
        var run = new Transcript(await busy.StartAsync("go"));
        await busy.ReadUntilAsync(run, () => run.Deltas > 0);

        Assert.Equal(1000, await idle.WaitForCloseAsync());

        // the other one has said nothing for longer than that by now, and its run still comes
        var seen = run.Deltas;
        await busy.ReadUntilAsync(run, () => run.Deltas > seen + 20);
        Assert.Null(busy.CloseStatus);
    }

    [Fact]
    public async Task The_connection_past_the_limit_is_refused_and_the_next_one_gets_its_place()
    {
        await using var service = await StartAsync(("Limits:Connections", "2"));
        await using var first = await service.ConnectAsync();
        await using (await service.ConnectAsync())
        {
            var (status, headers) = await RefusedAsync(service.Address, "/ws/v1?user_id=ada");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains("Retry-After", headers.Keys);
        }

        await using var next = await Eventually.GetAsync<NativeClient?>(async () => await TryConnectAsync(service), c => c is not null);
        await next!.SendAsync("""{"type":"ping"}""");
        Assert.Equal("pong", (await next.ReceiveAsync()).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Another_subprotocol_is_refused()
    {
        await using var service = await StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await RefusedAsync(service.Address, "/ws/v1?user_id=ada", "graphql-ws")).Status);
    }

    [Fact]
    public async Task A_plain_request_for_a_socket_is_told_what_it_is()
    {
        await using var service = await StartAsync();
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(service.Address, "/ws/v1?user_id=ada"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
    }

    [Fact]
    public async Task A_client_without_a_subprotocol_is_served_too()
    {
        await using var service = await StartAsync();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(SocketUri(service.Address, "/ws/v1?user_id=ada"), TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        Assert.StartsWith("{\"type\":\"welcome\"", System.Text.Encoding.UTF8.GetString(buffer, 0, received.Count), StringComparison.Ordinal);
    }

    private async Task<WholeService> StartAsync(params (string Key, string Value)[] settings) =>
        await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), (_, token) => Forever(token), settings: settings);

    private static async IAsyncEnumerable<ChatResponseUpdate> Forever([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            yield return ScriptedModel.Text("on ");
        }
    }

    private static async Task<NativeClient?> TryConnectAsync(WholeService service)
    {
        try
        {
            return await service.ConnectAsync();
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    private static async Task<(HttpStatusCode Status, IReadOnlyDictionary<string, IEnumerable<string>> Headers)> RefusedAsync(Uri server, string address, string? subProtocol = null)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (subProtocol is not null)
        {
            socket.Options.AddSubProtocol(subProtocol);
        }

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(SocketUri(server, address), TestContext.Current.CancellationToken));
        return (socket.HttpStatusCode, socket.HttpResponseHeaders!);
    }

    private static Uri SocketUri(Uri server, string address) => new UriBuilder(new Uri(server, address)) { Scheme = "ws" }.Uri;
}
