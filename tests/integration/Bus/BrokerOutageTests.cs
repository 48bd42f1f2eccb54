using System.Threading.Channels;
using MassTransit;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Bus;

/// <summary>A broker that is not there yet, goes, and comes back.</summary>
public sealed class BrokerOutageTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_starts_before_the_broker_and_comes_back_after_a_restart_without_losing_an_accepted_run()
    {
        await using var broker = RabbitMqServer.OfOurOwn();
        var taken = Channel.CreateUnbounded<Guid>();
        await using var gateway = await BusHost.StartAsync(
            broker.Uri, new AskingModule(), new ListeningModule("gateway-one", _ => Task.CompletedTask));
        Assert.NotEqual(BusHealthStatus.Healthy, gateway.Health);

        await broker.StartAsync();
        await Eventually.GetAsync(() => gateway.Health, health => health == BusHealthStatus.Healthy, Deadline);
        var run = new StartRun
        {
            RunId = Guid.CreateVersion7(),
            ThreadId = "thread-1",
            UserId = "alice",
            GatewayId = "g1",
            ConnectionId = "g1.1",
            Messages = [],
            RequestedAt = DateTimeOffset.UnixEpoch,
        };
        await gateway.Bus.Publish(run, Token);

        await broker.StopAsync();
        await Eventually.GetAsync(() => gateway.Health, health => health != BusHealthStatus.Healthy, Deadline);
        await Assert.ThrowsAnyAsync<Exception>(() => Deadlines.RunAsync(
            TimeSpan.FromSeconds(2), TimeProvider.System, token => gateway.Bus.Publish(run, token), Token));
        await broker.StartAsync();

        await using var worker = await BusHost.StartAsync(
            broker.Uri, new WorkingModule(async context => await taken.Writer.WriteAsync(context.Message.RunId, Token)));
        Assert.Equal(run.RunId, await taken.Reader.ReadAsync(Token).AsTask().WaitAsync(Deadline, Token));
        await Eventually.GetAsync(() => gateway.Health, health => health == BusHealthStatus.Healthy, Deadline);
        await gateway.Bus.Publish(run, Token);
        Assert.Equal(run.RunId, await taken.Reader.ReadAsync(Token).AsTask().WaitAsync(Deadline, Token));
    }
}
