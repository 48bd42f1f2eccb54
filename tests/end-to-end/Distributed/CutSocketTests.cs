using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Distributed;

/// <summary>A client that leaves, however rudely, is no fault: no process writes a warning about it.</summary>
[Collection(nameof(DistributedCollection))]
public sealed class CutSocketTests(DistributedStack stack)
{
    private const int Clients = 60;

    [Fact]
    public async Task Clients_that_cut_their_sockets_in_the_middle_of_everything_cause_no_warning()
    {
        // faults of other tests of this stack may still be written
        var before = Warnings();
        var open = await OpenSocketsAsync();
        for (var round = 0; round < 3; round++)
        {
            var sockets = await Task.WhenAll(Enumerable.Range(0, Clients).Select(OpenAsync));
            await Task.WhenAll(sockets.Select((socket, i) => SpeakAsync(socket, i)));

            // statistics may be a second old
            await Eventually.TrueAsync(async () => await OpenSocketsAsync() >= Clients);
            foreach (var socket in sockets)
            {
                socket.Abort();
                socket.Dispose();
            }
        }

        await Eventually.TrueAsync(async () => await OpenSocketsAsync() <= open);

        // the runs that they left go on; a run that is refused meanwhile is asked for again, as a client should
        await using (var client = await stack.ConnectAsync("after"))
        {
            await Eventually.TrueAsync(async () => (await client.RunAsync("What is 2 + 2?")).End == "RUN_FINISHED", TimeSpan.FromMinutes(1));
        }

        Assert.DoesNotContain(Warnings().Except(before), line =>
            line.Contains("Yarp.ReverseProxy.Forwarder", StringComparison.Ordinal)
            || line.Contains("-FAULT", StringComparison.Ordinal)
            || line.Contains("Declare queue faulted", StringComparison.Ordinal)
            || line.Contains("StreamChat.Gateway.Connections", StringComparison.Ordinal));
    }

    private async Task<ClientWebSocket> OpenAsync(int i)
    {
        var socket = new ClientWebSocket();
        var address = new UriBuilder(stack.Edge.BaseAddress) { Scheme = "ws", Path = "/ws/v1", Query = $"user_id=rude-{i}" };
        await socket.ConnectAsync(address.Uri, TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>Leaves something under way of each kind: a join, a run, half a message.</summary>
    private static async Task SpeakAsync(ClientWebSocket socket, int i)
    {
        object frame = (i % 3) switch
        {
            0 => new { type = "join", threadId = $"~room/user_rude-{i}_room" },
            1 => new { type = "run", messages = new[] { new { role = "user", content = "/load 200 200" } } },
            _ => new { type = "ping" },
        };
        await socket.SendAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(frame)), WebSocketMessageType.Text, endOfMessage: i % 3 < 2, TestContext.Current.CancellationToken);
    }

    private async Task<int> OpenSocketsAsync()
    {
        using var http = new HttpClient();
        var statistics = await Task.WhenAll(stack.Gateways.Select(g => http.GetStringAsync(new Uri(g.BaseAddress, "/ws/statistics"), TestContext.Current.CancellationToken)));
        return statistics.Sum(s => s.Split("\"uptime\"").Length - 1);
    }

    private List<string> Warnings() =>
    [
        .. stack.ToString().Split('\n').Where(line => line.Contains(" warn: ", StringComparison.Ordinal) || line.Contains(" fail: ", StringComparison.Ordinal)),
    ];
}
