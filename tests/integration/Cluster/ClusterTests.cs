using System.Net.Http.Json;
using System.Text.Json;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Cluster;

/// <summary>Two gateways on a real broker that answer for each other.</summary>
public sealed class ClusterTests(RabbitMqServer broker)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_gateway_counts_and_lists_the_connections_of_both_until_one_stops()
    {
        var virtualHost = await broker.CreateVirtualHostAsync();
        await using var one = await StartAsync(virtualHost);
        var two = await StartAsync(virtualHost);
        await using var ada = await one.ConnectAsync("ada");
        await using var bob = await two.ConnectAsync("bob");
        string[] both = [Id(ada), Id(bob)];

        foreach (var address in new[] { one.Address, two.Address })
        {
            var statistics = await StatisticsAsync(address, s => s.GetProperty("active_connections").GetInt32() == 2 && Ids(s).Count() == 2);
            Assert.Equal(both.Order(), Ids(statistics).Order());
            Assert.True(statistics.GetProperty("total_messages").GetInt64() >= 2);
        }

        await two.DisposeAsync();
        var left = await StatisticsAsync(one.Address, s => s.GetProperty("active_connections").GetInt32() == 1 && Ids(s).Count() == 1);
        Assert.Equal([Id(ada)], Ids(left));
        Assert.Equal(2, left.GetProperty("total_connections").GetInt64());
    }

    private static Task<WholeService> StartAsync(Uri broker) => WholeService.StartAsync(
        broker, (_, _) => throw new InvalidOperationException("no run is asked for"), settings: [("Cluster:ReportInterval", "00:00:00.2")]);

    private static string Id(TestSupport.Sockets.NativeClient client) => client.Welcome.GetProperty("connectionId").GetString()!;

    private static IEnumerable<string> Ids(JsonElement statistics) =>
        statistics.GetProperty("connections").EnumerateArray().Select(c => c.GetProperty("id").GetString()!);

    private static async Task<JsonElement> StatisticsAsync(Uri gateway, Func<JsonElement, bool> condition)
    {
        using var http = new HttpClient { BaseAddress = gateway };
        return await Eventually.GetAsync(() => http.GetFromJsonAsync<JsonElement>("/ws/statistics", Cancelled), condition);
    }
}
