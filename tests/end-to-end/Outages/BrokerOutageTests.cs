using System.Diagnostics;
using StreamChat.TestSupport.Sockets;

namespace StreamChat.EndToEndTests.Outages;

/// <summary>What the broker can do to services in the middle of streams. Each test leaves it as it was.</summary>
public sealed class BrokerOutageTests(OutageStack stack) : IClassFixture<OutageStack>
{
    private const int Streams = 20;

    private static readonly TimeSpan RefusedWithin = TimeSpan.FromSeconds(7); // 5 s, and a slow machine

    [Fact]
    public async Task Streams_survive_a_restart_of_the_broker_and_people_are_told()
    {
        var crowd = await stack.StartCrowdAsync(Streams, tokens: 100, rate: 10);
        await using var bystander = await ConnectAsync("bystander");

        await stack.Broker.StopAsync();
        await stack.WaitForReadinessAsync(ready: false);
        Assert.Equal(("degraded", "broker_unavailable"), await StatusAsync(bystander));
        await AssertRefusedAsync(bystander);

        await stack.Broker.StartAsync();
        Assert.Equal(("ok", null), await StatusAsync(bystander));
        await stack.WaitForReadinessAsync(ready: true);
        Assert.Equal("RUN_FINISHED", (await bystander.RunAsync("/load 3")).End);
        await stack.FinishAsync(crowd);
        Assert.All(crowd.Followers, f => Assert.Equal(["broker_unavailable", "ok"], f.Statuses));
    }

    [Fact]
    public async Task Streams_survive_that_the_broker_closes_all_connections()
    {
        var crowd = await stack.StartCrowdAsync(Streams, tokens: 60, rate: 10);
        await stack.Broker.ControlAsync("close_all_connections", "a test");
        await stack.FinishAsync(crowd);
        await stack.WaitForReadinessAsync(ready: true);
    }

    [Fact]
    public async Task Streams_pause_while_the_broker_takes_nothing_and_go_on()
    {
        var crowd = await stack.StartCrowdAsync(Streams, tokens: 100, rate: 10);
        await using var bystander = await ConnectAsync("bystander");

        await stack.Broker.ControlAsync("set_vm_memory_high_watermark", "0.000001");
        try
        {
            Assert.Equal(("degraded", "broker_blocked"), await StatusAsync(bystander));
            await AssertRefusedAsync(bystander);
            Assert.Equal(("degraded", "broker_blocked"), await StatusOfNewcomerAsync());
        }
        finally
        {
            await stack.Broker.ControlAsync("set_vm_memory_high_watermark", "0.6");
        }

        Assert.Equal(("ok", null), await StatusAsync(bystander));
        Assert.Equal("RUN_FINISHED", (await bystander.RunAsync("/load 3")).End);
        await stack.FinishAsync(crowd);
        await stack.WaitForReadinessAsync(ready: true);
    }

    [Fact]
    public async Task Streams_survive_a_line_to_the_broker_that_goes_dead_without_a_word()
    {
        var crowd = await stack.StartCrowdAsync(Streams, tokens: 60, rate: 10);
        await using var bystander = await ConnectAsync("bystander");

        stack.Line.Stall();
        try
        {
            await AssertRefusedAsync(bystander);

            // by heartbeats alone: nothing was closed
            await stack.WaitForReadinessAsync(ready: false);
        }
        finally
        {
            stack.Line.Continue();
        }

        await stack.WaitForReadinessAsync(ready: true);
        await stack.FinishAsync(crowd);
    }

    // at a gateway itself: the edge sends nobody to one that is not ready
    private Task<NativeClient> ConnectAsync(string user) => NativeClient.ConnectAsync(stack.Fleet.Of("gateway").First().Process.BaseAddress, user);

    private async Task<(string?, string?)> StatusOfNewcomerAsync()
    {
        await using var newcomer = await ConnectAsync("newcomer");
        return await StatusAsync(newcomer);
    }

    private static async Task<(string?, string?)> StatusAsync(NativeClient client)
    {
        var status = await client.ReceiveAsync("status");
        return (status.GetProperty("state").GetString(), status.TryGetProperty("reason", out var reason) ? reason.GetString() : null);
    }

    private static async Task AssertRefusedAsync(NativeClient client)
    {
        var asked = Stopwatch.GetTimestamp();
        await client.StartAsync("/load 3");
        var refusal = await client.ReceiveAsync("error");
        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.Zero, RefusedWithin);
        Assert.Equal(("unavailable", true), (refusal.GetProperty("code").GetString(), refusal.GetProperty("retryable").GetBoolean()));
    }
}
