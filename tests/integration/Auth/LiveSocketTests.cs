using System.Diagnostics;
using System.Net;
using System.Text.Json;
using StreamChat.Gateway.Auth;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Auth;

/// <summary>What becomes of an open socket when its token ends.</summary>
public sealed class LiveSocketTests(RabbitMqServer broker) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_is_closed_with_4001_within_a_second_of_the_end_of_its_token()
    {
        await using var gateway = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync());
        var token = await gateway.TokenAsync("ada", expiresIn: 2);
        var end = gateway.Get<AccessTokens>().Read(token)!.ExpiresAt!.Value;
        await using var socket = await gateway.ConnectAsync("/ws/v1", token);
        await using var quiet = await gateway.ConnectAsync("/ws/quiet", token);
        await using var other = await gateway.ConnectAsync("/ws/v1", await gateway.TokenAsync("bob"));
        Assert.Equal(4001, await socket.WaitForCloseAsync());
        Assert.InRange(TimeProvider.System.GetUtcNow(), end, end.AddSeconds(1));
        Assert.Equal(4001, await quiet.WaitForCloseAsync());
        Assert.True(other.IsOpen);
    }

    [Fact]
    public async Task A_new_token_keeps_it_open_and_another_users_does_not()
    {
        await using var gateway = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync());
        var token = await gateway.TokenAsync("ada", expiresIn: 2);
        var end = gateway.Get<AccessTokens>().Read(token)!.ExpiresAt!.Value;
        await using var kept = await gateway.ConnectAsync("/ws/v1", token);
        await using var lost = await gateway.ConnectAsync("/ws/v1", token);
        await kept.ReceiveAsync();
        await lost.ReceiveAsync();

        var next = await gateway.TokenAsync("ada");
        await kept.SendAsync(JsonSerializer.Serialize(new { type = "auth", token = next }));
        var answer = JsonElement.Parse(await kept.ReceiveAsync());
        Assert.Equal("authenticated", answer.GetProperty("type").GetString());
        Assert.Equal(gateway.Get<AccessTokens>().Read(next)!.ExpiresAt!.Value.ToUnixTimeMilliseconds(), answer.GetProperty("expiresAt").GetInt64());

        await lost.SendAsync(JsonSerializer.Serialize(new { type = "auth", token = await gateway.TokenAsync("bob") }));
        Assert.Equal("forbidden", JsonElement.Parse(await lost.ReceiveAsync()).GetProperty("code").GetString());
        Assert.Equal(4001, await lost.WaitForCloseAsync());
        Assert.True(TimeProvider.System.GetUtcNow() >= end);
        await kept.SendAsync("""{"type":"ping"}""");
        Assert.Contains("pong", await kept.ReceiveAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revocation_closes_sockets_on_every_gateway_with_4003()
    {
        var vhost = await broker.CreateVirtualHostAsync();
        await using var one = await StartAsync(vhost);
        await using var other = await StartAsync(vhost);
        var (token, another, bob) = (await one.TokenAsync("ada"), await one.TokenAsync("ada"), await other.TokenAsync("bob"));
        await using var here = await one.ConnectAsync("/ws/v1", token);
        await using var there = await other.ConnectAsync("/ws/v1", token);
        await using var tab = await other.ConnectAsync("/ws/v1", another);
        await using var bobs = await other.ConnectAsync("/ws/v1", bob);

        var started = Stopwatch.GetTimestamp();
        using (var revoked = await one.PostAsync("/auth/revoke", new { token }, GatewayHost.Shop.Key))
        {
            Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        }

        Assert.Equal((4003, 4003), (await here.WaitForCloseAsync(), await there.WaitForCloseAsync()));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5));
        await using (var again = await other.ConnectAsync("/ws/v1", token))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, again.Status);
        }

        Assert.True(tab.IsOpen);
        using (var revoked = await other.PostAsync("/auth/revoke", new { user_id = "ada" }, GatewayHost.Operator.Key))
        {
            Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        }

        Assert.Equal(4003, await tab.WaitForCloseAsync());
        await using (var again = await other.ConnectAsync("/ws/v1", another))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, again.Status);
        }

        // what the user is given from now on is good, and nobody else is meant
        await using var anew = await one.ConnectAsync("/ws/v1", await one.TokenAsync("ada"));
        Assert.True(anew.IsOpen && bobs.IsOpen);
    }

    [Fact]
    public async Task A_gateway_that_starts_later_knows_what_was_revoked_before()
    {
        var vhost = await broker.CreateVirtualHostAsync();
        await using var first = await StartAsync(vhost);
        var token = await first.TokenAsync("ada");
        (await first.PostAsync("/auth/revoke", new { token }, GatewayHost.Shop.Key)).Dispose();

        await using var second = await StartAsync(vhost);
        await Eventually.TrueAsync(() => second.Get<Revocations>().Count == 1);
        await using var refused = await second.ConnectAsync("/ws/v1", token);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
    }

    [Fact]
    public async Task A_revocation_of_nothing_is_refused()
    {
        await using var gateway = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync());
        foreach (var body in (string[])["""{"token":"rubbish"}""", """{"token":"rubbish","user_id":"ada"}""", "{}", """{"user_id":""}""", "[]"])
        {
            using var response = await gateway.PostAsync("/auth/revoke", body, GatewayHost.Shop.Key);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }

        using var nobody = await gateway.PostAsync("/auth/revoke", """{"user_id":"ada"}""", await gateway.TokenAsync("ada"));
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
    }

    [Fact]
    public async Task Too_many_revocations_are_refused_and_said()
    {
        await using var gateway = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync(), ("Auth:Revocations", "1"));
        using var first = await gateway.PostAsync("/auth/revoke", """{"user_id":"ada"}""", GatewayHost.Shop.Key);
        using var second = await gateway.PostAsync("/auth/revoke", """{"user_id":"bob"}""", GatewayHost.Shop.Key);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task Gateways_that_do_not_share_their_keys_say_so()
    {
        var vhost = await broker.CreateVirtualHostAsync();
        await using var one = await GatewayHost.StartRequiredAsync(vhost, ("Auth:KeysPath", _folder.File("a")));
        await using var other = await GatewayHost.StartRequiredAsync(vhost, ("Auth:KeysPath", _folder.File("b")));
        await Eventually.TrueAsync(() => one.Get<KeyWarning>().WasSaid && other.Get<KeyWarning>().WasSaid);
    }

    [Fact]
    public async Task Gateways_that_share_them_do_not()
    {
        var vhost = await broker.CreateVirtualHostAsync();
        await using var one = await StartAsync(vhost);
        await using var other = await StartAsync(vhost);
        (await other.PostAsync("/auth/revoke", new { user_id = "ada" }, GatewayHost.Shop.Key)).Dispose();

        // an announcement of each has been heard by now
        await Eventually.TrueAsync(() => one.Get<Revocations>().Digest() == other.Get<Revocations>().Digest());
        Assert.False(one.Get<KeyWarning>().WasSaid || other.Get<KeyWarning>().WasSaid);
    }

    private Task<GatewayHost> StartAsync(Uri vhost) => GatewayHost.StartRequiredAsync(vhost, ("Auth:KeysPath", _folder.File("keys")));
}
