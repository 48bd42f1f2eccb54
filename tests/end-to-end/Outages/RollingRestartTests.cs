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
        List<StreamCrowd> crowds = [Start()];
        try
        {
            await Eventually.TrueAsync(() => crowds[0].AllHaveBegun, Patience);
            var restarting = RollingRestart.RunAsync(fleet);

            // as many as it takes until the last process has been restarted in the middle of streams, however slow the machine is
            while (true)
            {
                var following = crowds[^1].FinishAsync(Patience);
                await Task.WhenAny(restarting, following);
                if (restarting.IsCompleted)
                {
                    await Task.WhenAll(restarting, following);
                    break;
                }

                await following;
                crowds.Add(Start());
            }
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            Assert.Fail($"{e.Message}\n{crowds[^1]}\n{fleet}");
        }

        crowds.ForEach(crowd => TestContext.Current.TestOutputHelper?.WriteLine(crowd.ToString()));
        List<StreamFollower> followers = [.. crowds.SelectMany(c => c.Followers)];
        Assert.All(followers, f => Assert.All(f.CloseCodes, code => Assert.Equal(ServiceRestart, code)));
        Assert.Contains(followers, f => f.Reconnects > 0);
        Assert.Equal(0, followers.Sum(f => f.Refusals));

        StreamCrowd Start() => StreamCrowd.Start(fleet.Edges, Streams, Tokens, Rate, TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
