using System.Net;
using System.Text.Json;
using StreamChat.TestSupport.Brokers;

namespace StreamChat.IntegrationTests.Auth;

/// <summary>How tokens are made, and who may use the HTTP interface.</summary>
public sealed class TokenEndpointTests(RabbitMqServer broker)
{
    private static readonly (string Body, string? Key, int Status)[] Requests =
    [
        ("""{"user_id":"ada"}""", null, 401),
        ("""{"user_id":"ada"}""", "sck_wrong", 401),
        ("""{"user_id":"ada","roles":["admin"]}""", "shop", 403),
        ("""{"user_id":"ada","roles":["other"]}""", "shop", 403),
        ("""{"user_id":"ada","roles":["admin","other"]}""", "operator", 200),
        ("""{"user_id":"ada","expires_in":3601}""", "shop", 400),
        ("""{"user_id":"ada","expires_in":0}""", "shop", 400),
        ("""{"user_id":"ada","expires_in":"long"}""", "shop", 400),
        ("""{"user_id":""}""", "shop", 400),
        ("""{"user_id":"a\u0000b"}""", "shop", 400),
        ("""{"user_id":"ada","roles":[""]}""", "shop", 400),
        ("""{"user_id":"ada","roles":[null]}""", "shop", 400),
        ("""{}""", "shop", 400),
        ("""null""", "shop", 400),
        ("""[1""", "shop", 400),
        ("", "shop", 400),
    ];

    [Fact]
    public async Task A_key_makes_a_token_of_a_quarter_of_an_hour_unless_it_says_otherwise()
    {
        await using var gateway = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync());
        foreach (var header in (string?[])[null, "X-Api-Key"])
        {
            using var response = await gateway.PostAsync("/auth/token", """{"user_id":"ada","roles":["vip"]}""", GatewayHost.Shop.Key, header);
            Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
            var body = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal(["access_token", "token_type", "expires_in", "user_id"], body.EnumerateObject().Select(p => p.Name));
            Assert.Equal(("Bearer", 900, "ada"), (body.GetProperty("token_type").GetString(), body.GetProperty("expires_in").GetInt32(), body.GetProperty("user_id").GetString()));
        }

        using var longer = await gateway.PostAsync("/auth/token", """{"user_id":"ada","expires_in":3600}""", GatewayHost.Shop.Key);
        Assert.Contains("\"expires_in\":3600", await longer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Others_are_told_what_is_wrong()
    {
        await using var gateway = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync());
        foreach (var (body, key, status) in Requests)
        {
            await CheckAsync(gateway, body, key, status);
        }
    }

    private static async Task CheckAsync(GatewayHost gateway, string body, string? key, int status)
    {
        using var response = await gateway.PostAsync("/auth/token", body, Key(key));
        Assert.True(status == (int)response.StatusCode, $"{body}: {response.StatusCode}");
        Assert.Equal(status == 401, response.Headers.WwwAuthenticate.Count == 1);
        Assert.Contains(status == 200 ? "access_token" : "\"detail\":", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_keys_rate_is_kept()
    {
        await using var gateway = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync(), ("Auth:Keys:0:Rate", "0.01"));
        await gateway.TokenAsync("ada");
        using var response = await gateway.PostAsync("/auth/token", """{"user_id":"ada"}""", GatewayHost.Shop.Key);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 100);
        using var other = await gateway.PostAsync("/auth/token", """{"user_id":"ada"}""", GatewayHost.Operator.Key);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task In_open_mode_there_are_no_tokens()
    {
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync());
        using var token = await gateway.PostAsync("/auth/token", """{"user_id":"ada"}""", null);
        using var revoke = await gateway.PostAsync("/auth/revoke", """{"user_id":"ada"}""", null);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (token.StatusCode, revoke.StatusCode));
    }

    [Fact]
    public async Task Lists_and_broadcasts_are_an_administrators()
    {
        await using var gateway = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync());
        var user = await gateway.TokenAsync("ada");
        using var made = await gateway.PostAsync("/auth/token", """{"user_id":"root","roles":["admin"]}""", GatewayHost.Operator.Key);
        var admin = JsonElement.Parse(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("access_token").GetString();
        foreach (var path in (string[])["/connections", "/rooms", "/ws/stats", "/ws/statistics"])
        {
            foreach (var (bearer, status) in new[] { (null, 401), ("rubbish", 401), (user, 403), (GatewayHost.Shop.Key, 403), (GatewayHost.Operator.Key, 200), (admin, 200) })
            {
                Assert.Equal(status, await GetAsync(path, bearer));
            }
        }

        // a stream of an answer wants a user, and no other than its own
        Assert.Equal(401, await GetAsync("/agent_chat_stream?query=hi", null));
        Assert.Equal(403, await GetAsync("/agent_chat_stream?query=hi&user_id=bob", user));
        Assert.Equal(422, await GetAsync("/agent_chat_stream", user));

        foreach (var path in (string[])["/", "/status", "/health/live", "/api/v1/health"])
        {
            Assert.Equal(200, await GetAsync(path, null));
        }

        using var refused = await gateway.PostAsync("/broadcast?message_type=notification&content=hi", null, user);
        using var done = await gateway.PostAsync("/broadcast?message_type=notification&content=hi", "{}", GatewayHost.Operator.Key);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (refused.StatusCode, done.StatusCode));

        async Task<int> GetAsync(string path, string? bearer)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = bearer is null ? null : new("Bearer", bearer);
            using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task In_open_mode_a_page_of_another_host_cannot_broadcast()
    {
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/broadcast?message_type=notification&content=hi") { Headers = { { "Origin", "https://evil.example" } } };
        using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private static string? Key(string? name) => name switch { "shop" => GatewayHost.Shop.Key, "operator" => GatewayHost.Operator.Key, _ => name };
}
