using System.Net.Http.Json;
using System.Text.Json;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Cluster;

/// <summary>The assistant's HTTP interface on one of two gateways: it speaks for both.</summary>
public sealed class AssistantClusterTests(RabbitMqServer broker)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_connections_and_rooms_are_those_of_the_cluster()
    {
        var virtualHost = await broker.CreateVirtualHostAsync();
        await using var one = await StartAsync(virtualHost);
        await using var two = await StartAsync(virtualHost);
        await using var ada = await ConnectAsync(one, "ada");
        await using var bob = await ConnectAsync(two, "bob");
        await using var bobsPhone = await ConnectAsync(two, "bob");
        await bob.SendAsync("""{"type":"command","content":{"command":"create_room","args":{"room_id":"lobby","is_private":true}}}""");
        await bob.ReceiveUntilAsync("command");

        var status = await GetAsync(one, "/status", s => s.GetProperty("active_connections").GetInt32() == 3);
        Assert.True(status.GetProperty("service_uptime").GetDouble() > 0);
        await GetAsync(one, "/", s => s.GetProperty("connections").GetInt32() == 3);
        var connections = await GetAsync(one, "/connections", c => c.GetProperty("total").GetInt32() == 3);
        Assert.Equal(["ada", "bob", "bob"], connections.GetProperty("connections").EnumerateArray().Select(c => c.GetProperty("user_info").GetProperty("user_id").GetString()).Order());

        // the room that was made is in the store of whichever worker was asked, for in this test each has one of its own
        var rooms = await GetAsync(two, "/rooms", r => r.GetProperty("total").GetInt32() == 3);
        var byId = rooms.GetProperty("rooms").EnumerateArray().ToDictionary(r => r.GetProperty("room_id").GetString()!);
        Assert.Equal(1, byId["user_ada_room"].GetProperty("member_count").GetInt32());
        Assert.Equal(2, byId["user_bob_room"].GetProperty("member_count").GetInt32());
        Assert.Equal(1, byId["lobby"].GetProperty("member_count").GetInt32());
        Assert.All(byId.Values, r => Assert.True(r.GetProperty("is_private").GetBoolean()));
    }

    [Fact]
    public async Task A_broadcast_reaches_everybody_a_user_or_a_room_on_every_gateway()
    {
        var virtualHost = await broker.CreateVirtualHostAsync();
        await using var one = await StartAsync(virtualHost);
        await using var two = await StartAsync(virtualHost);
        await using var ada = await ConnectAsync(one, "ada");
        await using var bob = await ConnectAsync(two, "bob");
        await GetAsync(one, "/status", s => s.GetProperty("active_connections").GetInt32() == 2);

        var all = await PostAsync(one, "/broadcast?message_type=notification&content=all");
        Assert.Equal(("success", 2), (all.GetProperty("status").GetString(), all.GetProperty("sent_count").GetInt32()));
        foreach (var client in new[] { ada, bob })
        {
            var frame = (await client.ReceiveUntilAsync("notification"))[^1];
            Assert.Equal("all", frame.GetProperty("content").GetString());
            Assert.Equal(all.GetProperty("message_id").GetString(), frame.GetProperty("id").GetString());
            Assert.Equal(JsonValueKind.Null, frame.GetProperty("room_id").ValueKind);
        }

        Assert.Equal(1, (await PostAsync(one, "/broadcast?message_type=data&content=bob&user_id=bob")).GetProperty("sent_count").GetInt32());
        Assert.Equal("bob", (await bob.ReceiveUntilAsync("data"))[^1].GetProperty("content").GetString());
        Assert.Equal(1, (await PostAsync(two, "/broadcast?message_type=data&content=room&room_id=user_ada_room&user_id=bob")).GetProperty("sent_count").GetInt32());
        Assert.Equal("room", (await ada.ReceiveUntilAsync("data"))[^1].GetProperty("content").GetString());
        Assert.Equal(0, (await PostAsync(one, "/broadcast?message_type=data&content=x&user_id=nobody")).GetProperty("sent_count").GetInt32());

        using var http = new HttpClient { BaseAddress = one.Address };
        Assert.Equal(400, (int)(await http.PostAsync(new Uri("/broadcast?message_type=dance&content=x", UriKind.Relative), null, Cancelled)).StatusCode);
        Assert.Equal(422, (int)(await http.PostAsync(new Uri("/broadcast?message_type=data", UriKind.Relative), null, Cancelled)).StatusCode);
        Assert.Equal(422, (int)(await http.PostAsync(new Uri("/broadcast?content=x", UriKind.Relative), null, Cancelled)).StatusCode);
        using var body = JsonContent.Create(new { message_type = "data", content = new { a = 1 } });
        Assert.Equal(200, (int)(await http.PostAsync(new Uri("/broadcast", UriKind.Relative), body, Cancelled)).StatusCode);
        Assert.Equal(1, (await bob.ReceiveUntilAsync("data"))[^1].GetProperty("content").GetProperty("a").GetInt32());
    }

    private static Task<WholeService> StartAsync(Uri broker) => WholeService.StartAsync(
        broker, (_, _) => throw new InvalidOperationException("no run is asked for"), settings: [("Cluster:ReportInterval", "00:00:00.2")]);

    private static async Task<JsonSocket> ConnectAsync(WholeService service, string userId)
    {
        var socket = await JsonSocket.ConnectAsync(service.Address, $"/ws?user_id={userId}");
        await socket.ReceiveUntilAsync("connect");
        return socket;
    }

    private static async Task<JsonElement> GetAsync(WholeService service, string path, Func<JsonElement, bool> condition)
    {
        using var http = new HttpClient { BaseAddress = service.Address };
        return await Eventually.GetAsync(() => http.GetFromJsonAsync<JsonElement>(path, Cancelled), condition);
    }

    private static async Task<JsonElement> PostAsync(WholeService service, string path)
    {
        using var http = new HttpClient { BaseAddress = service.Address };
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content: null, Cancelled);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
    }
}
