using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Streams;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Outages;

/// <summary>A cluster of three nodes of RabbitMQ loses one, and then another one, in the middle of streams.</summary>
public sealed class BrokerClusterTests
{
    private const int Streams = 60;
    private const int Tokens = 150;
    private const double Rate = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Streams_survive_the_loss_of_the_queues_leader_and_of_a_gateways_node()
    {
        await using var broker = new RabbitMqCluster();
        await broker.StartAsync();
        await using var fleet = await ServiceFleet.StartAsync(broker.Settings);
        var crowd = StreamCrowd.Start(fleet.Edges, Streams, Tokens, Rate, TimeProvider.System, TestContext.Current.CancellationToken);
        try
        {
            await Eventually.TrueAsync(() => crowd.AllHaveBegun, Patience);

            var leader = await broker.NodeOfAsync("agent-runs");
            await broker.KillAsync(leader);
            await Task.WhenAll(fleet.Members.Select(m => m.Process.WaitUntilReadyAsync(Patience)));
            await broker.RestartAsync(leader);

            var home = await broker.NodeOfAsync("gateway-");
            await broker.KillAsync(home);
            await crowd.FinishAsync(Patience);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            Assert.Fail($"{e.Message}\n{crowd}\n{broker}\n{fleet}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine(crowd.ToString());
    }
}
