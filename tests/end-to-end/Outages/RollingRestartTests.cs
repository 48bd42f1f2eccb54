using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Streams;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Outages;

/// <summary>Every process is replaced, one after the other, in the middle of streams: agent-workers, tool-worker, gateways, edges.</summary>
public sealed class RollingRestartTests
{
    private const int Streams = 30;
    private const int Tokens = 300;
    private const double Rate = 10;

    // how a socket may end here: asked to come back, by a gateway or an edge
    private const int ServiceRestart = 1012;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Nobody_loses_a_word_and_everybody_is_asked_to_come_back()
    {
        await using var broker = RabbitMqServer.OfOurOwn();
        await broker.StartAsync();
        await using var fleet = await ServiceFleet.StartAsync([new("Bus__Uri", broker.Uri.ToString())], [new("Bus__StopTimeout", "00:00:02"), new("Limits__Drain__Spread", "00:00:01"), new("Edge__DrainSpread", "00:00:01")]);
        var crowd = StreamCrowd.Start(fleet.Edges, Streams, Tokens, Rate, TimeProvider.System, TestContext.Current.CancellationToken);
        try
        {
            await Eventually.TrueAsync(() => crowd.AllHaveBegun, Patience);
            await RollingRestart.RunAsync(fleet);
            Assert.True(crowd.Ended < Streams, "the streams were over before the last process had been restarted");
            await crowd.FinishAsync(Patience);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            Assert.Fail($"{e.Message}\n{crowd}\n{fleet}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine(crowd.ToString());
        Assert.All(crowd.Followers, f => Assert.All(f.CloseCodes, code => Assert.Equal(ServiceRestart, code)));
        Assert.Contains(crowd.Followers, f => f.Reconnects > 0);
        Assert.Equal(0, crowd.Followers.Sum(f => f.Refusals));
    }
}
