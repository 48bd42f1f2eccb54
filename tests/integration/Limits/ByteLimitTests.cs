using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using StreamChat.Gateway.Limits;
using StreamChat.IntegrationTests.Auth;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.Limits;

/// <summary>What clients can make a gateway hold and ask, over real sockets and a real broker.</summary>
public sealed class ByteLimitTests(RabbitMqServer broker)
{
    private const int Megabyte = 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/ws/v1?user_id=ada")]
    [InlineData("/ws?user_id=ada")]
    [InlineData("/ws/chat/ada")]
    [InlineData("/ws/agent")]
    [InlineData("/ws/chat")]
    public async Task A_message_that_is_not_completed_in_time_ends_the_connection_and_others_stay(string path)
    {
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync(), ("Limits:FrameTimeout", "00:00:00.5"));
        await using var other = await gateway.ConnectAsync("/ws/v1?user_id=bob");
        await using var slow = await gateway.ConnectAsync(path);
        await other.ReceiveAsync();
        await slow.SendPartAsync(2000);
        Assert.Equal(1008, await slow.WaitForCloseAsync());
        await other.SendAsync("""{"type":"ping"}""");
        Assert.Contains("pong", await other.ReceiveAsync(), StringComparison.Ordinal);
        await EventuallyFreeAsync(gateway);
    }

    [Fact]
    public async Task Those_that_have_held_the_most_for_the_longest_leave_when_there_is_no_more_room()
    {
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync(), ("Limits:UnreadBytes", $"{4 * Megabyte}"));
        var slow = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => gateway.ConnectAsync($"/ws/v1?user_id=slow-{i}")));
        await using var quick = await gateway.ConnectAsync("/ws/v1?user_id=quick");
        await quick.ReceiveAsync();
        var closing = slow.Select(s => s.WaitForCloseAsync()).ToList();
        foreach (var socket in slow)
        {
            await socket.SendPartAsync(Megabyte - 1);
        }

        // four hold their megabyte; the others have gone, each told to try again
        await Eventually.TrueAsync(() => closing.Count(c => c.IsCompleted) >= 8);
        Assert.All(closing.Where(c => c.IsCompletedSuccessfully), c => Assert.Equal(1013, c.Result));
        Assert.True(gateway.Get<UnreadBytes>().Held <= 5 * Megabyte);

        // a large message that comes at once gets its room from one of those
        await quick.SendAsync($$"""{"type":"run","messages":[{"role":"user","content":"{{new string('a', 90_000)}}"}]}""");
        Assert.Contains("accepted", await quick.ReceiveAsync(), StringComparison.Ordinal);
        await Task.WhenAll(slow.Select(s => s.DisposeAsync().AsTask()));
        await Task.WhenAll(closing).ContinueWith(_ => { }, Token, TaskContinuationOptions.None, TaskScheduler.Default);
        await EventuallyFreeAsync(gateway);
    }

    [Fact]
    public async Task Who_has_no_name_sends_smaller_messages()
    {
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync());
        await using var ada = await gateway.ConnectAsync("/ws/v1?user_id=ada");
        await using var nobody = await gateway.ConnectAsync("/ws/chat");
        await ada.ReceiveAsync();
        var run = $$"""{"type":"run","messages":[{"role":"user","content":"{{new string('a', 66_000)}}"}]}""";
        await ada.SendAsync(run);
        Assert.Contains("accepted", await ada.ReceiveAsync(), StringComparison.Ordinal);
        await nobody.SendAsync(run);
        Assert.Equal(1009, await nobody.WaitForCloseAsync());

        // the run goes on, and its request waits for the broker no more
        await Eventually.TrueAsync(() => gateway.Get<PendingPublishes>().Total == 0);
    }

    [Fact]
    public async Task A_user_has_only_so_many_connections_in_all_protocols_together()
    {
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync(), ("Limits:ConnectionsPerUser", "3"));
        string[] paths = ["/ws/v1?user_id=ada", "/ws?user_id=ada", "/ws/agent?user_id=ada", "/ws/v1?user_id=ada", "/ws/chat/ada"];
        List<Handshaken> sockets = [];
        foreach (var path in paths)
        {
            sockets.Add(await gateway.ConnectAsync(path));
        }

        Assert.Equal([true, true, true, false, false], sockets.Select(s => s.IsOpen));
        Assert.Equal(429, (int)sockets[3].Status);
        await using var bob = await gateway.ConnectAsync("/ws/v1?user_id=bob");
        Assert.True(bob.IsOpen);
        await Task.WhenAll(sockets.Select(s => s.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task What_asks_for_runs_and_rooms_that_do_not_exist_counts_as_several_requests()
    {
        await using var service = await WholeService.StartAsync(
            await broker.CreateVirtualHostAsync(), NothingAsync, settings: [("Limits:Requests", "20"), ("Limits:RequestsPerSecond", "0.01"), ("Limits:AttachPatience", "00:00:00.2")]);
        await AssertCodesAsync(
            "ada", id => $$"""{"type":"tool_result","runId":"{{id}}","toolCallId":"c","content":"{{new string('a', 50_000)}}"}""", "not_found", "rate_limited");
        await AssertCodesAsync("bob", id => $$"""{"type":"attach","runId":"{{id}}"}""", "not_found", "rate_limited");
        await AssertCodesAsync("cem", id => $$"""{"type":"join","threadId":"~room/{{id:N}}"}""", "not_found", "rate_limited");

        async Task AssertCodesAsync(string user, Func<Guid, string> frame, params string[] codes)
        {
            await using var client = await service.ConnectAsync(user);
            for (var i = 0; i < 5; i++)
            {
                await client.SendAsync(frame(Guid.CreateVersion7()));
                Assert.Equal(codes[i / 4], (await client.ReceiveAsync("error")).GetProperty("code").GetString());
            }
        }
    }

    [Fact]
    public async Task A_cancel_may_come_before_its_run_and_floods_of_others_are_slowed_down()
    {
        await using var service = await WholeService.StartAsync(
            await broker.CreateVirtualHostAsync(), NothingAsync, settings: [("Limits:Requests", "20"), ("Limits:RequestsPerSecond", "0.01")]);
        await using var client = await service.ConnectAsync();
        var runId = Guid.CreateVersion7();
        await client.SendAsync($$"""{"type":"cancel","runId":"{{runId}}"}""");

        // said twice at once it is passed on once
        await client.SendAsync($$"""{"type":"cancel","runId":"{{runId}}"}""");
        await client.SendAsync($$"""{"type":"cancel","runId":"{{Guid.CreateVersion7()}}"}""");
        await client.SendAsync($$"""{"type":"cancel","runId":"{{Guid.CreateVersion7()}}"}""");
        await client.SendAsync("""{"type":"ping"}""");
        await client.ReceiveAsync("pong");
        await Eventually.TrueAsync(async () =>
        {
            await client.SendAsync($$"""{"type":"cancel","runId":"{{Guid.CreateVersion7()}}"}""");
            await client.SendAsync("""{"type":"ping"}""");
            return (await client.ReceiveAsync()).GetProperty("type").GetString() == "error";
        });
        await using var other = await service.ConnectAsync();
        var run = await other.RunAsync("hi", runId: runId);
        Assert.Equal(("RUN_ERROR", "cancelled"), (run.End, run.Code));
    }

    [Fact]
    public async Task An_attach_that_comes_before_its_run_sees_it_when_it_begins()
    {
        var host = await broker.CreateVirtualHostAsync();
        await using var one = await WholeService.StartAsync(host, NothingAsync, settings: [("Limits:AttachPatience", "00:00:30")]);
        await using var two = await WholeService.StartAsync(host, NothingAsync, settings: [one.Store, ("Limits:AttachPatience", "00:00:30")]);
        await using var early = await two.ConnectAsync();
        await using var asker = await one.ConnectAsync();
        var runId = Guid.CreateVersion7();
        await early.SendAsync($$"""{"type":"attach","runId":"{{runId}}"}""");
        await early.SendAsync("""{"type":"ping"}""");
        await early.ReceiveAsync("pong");
        await asker.RunAsync("hi", runId: runId);
        var seen = new Transcript(runId, asked: false);
        await early.ReadToEndAsync(seen);
        Assert.Equal(("RUN_FINISHED", "nothing"), (seen.End, seen.Text));
    }

    [Fact]
    public async Task Requests_over_HTTP_count_for_the_address_too()
    {
        await using var gateway = await GatewayHost.StartAsync(
            await broker.CreateVirtualHostAsync(), ("Limits:RequestsPerAddress", "3"), ("Limits:RequestsPerAddressPerSecond", "0.01"));
        List<HttpStatusCode> statuses = [];
        foreach (var path in new[] { "/api/v1/catalog", "/ws/status", "/ws/health", "/api/v1/threads?user_id=ada", "/status", "/ws/stats", "/health/ready" })
        {
            using var response = await gateway.Http.GetAsync(path, Token);
            statuses.Add(response.StatusCode);
            Assert.Equal(response.StatusCode == HttpStatusCode.TooManyRequests, response.Headers.RetryAfter is not null);
        }

        Assert.Equal([200, 200, 200, 429, 429, 429, 200], statuses.Select(s => (int)s));
        await using var refused = await gateway.ConnectAsync("/ws/v1?user_id=ada");
        Assert.Equal(429, (int)refused.Status);
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> NothingAsync(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        yield return Text("nothing");
    }

    private static Task EventuallyFreeAsync(GatewayHost gateway) => Eventually.TrueAsync(() => gateway.Get<UnreadBytes>().Held == 0);
}
