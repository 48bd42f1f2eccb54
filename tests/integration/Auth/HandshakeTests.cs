using System.Net;
using System.Text.Json;
using StreamChat.TestSupport.Brokers;

namespace StreamChat.IntegrationTests.Auth;

/// <summary>Who gets in, in either mode, with the credential in each place that it may stand in.</summary>
public sealed class HandshakeTests(RabbitMqServer broker)
{
    [Fact]
    public async Task In_open_mode_a_name_is_believed_and_a_token_not_looked_at()
    {
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync());
        await OpensAsync(gateway, "/ws/v1?user_id=ada&token=rubbish", user: "ada");
        await OpensAsync(gateway, "/ws/path/ada?user_id=bob", user: "ada");
        await OpensAsync(gateway, "/ws/quiet", user: "anonymous");
        await OpensAsync(gateway, "/ws/quiet?user_id=ada&user_id=bob", user: "ada");
        await RefusedAsync(gateway, HttpStatusCode.Forbidden, "/ws/v1");
        await RefusedAsync(gateway, HttpStatusCode.Forbidden, $"/ws/v1?user_id={new string('x', 129)}");
        await RefusedAsync(gateway, HttpStatusCode.Forbidden, "/ws/v1?user_id=a%00b");
    }

    [Fact]
    public async Task In_required_mode_a_token_opens_wherever_it_stands()
    {
        await using var gateway = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync());
        var token = await gateway.TokenAsync("ada 艾达");
        const string User = "ada%20%E8%89%BE%E8%BE%BE";
        foreach (var path in (string[])["/ws/v1", $"/ws/v1?user_id={User}", "/ws/quiet", $"/ws/path/{User}"])
        {
            await OpensAsync(gateway, path, token, user: "ada 艾达");
            var and = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            await OpensAsync(gateway, $"{path}{and}token={token}", user: "ada 艾达");
            await OpensAsync(gateway, $"{path}{and}access_token={token}", user: "ada 艾达");
            await using var socket = await gateway.ConnectAsync(path, null, null, "streamchat.v1", $"bearer.{token}");
            Assert.Equal("streamchat.v1", socket.SubProtocol);
            Assert.Contains("ada 艾达", await socket.ReceiveAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_token_rubbish_an_API_key_and_an_expired_token_are_401()
    {
        await using var gateway = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync());
        await using var stranger = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync());
        await RefusedAsync(gateway, HttpStatusCode.Unauthorized, "/ws/v1?user_id=ada", challenge: "Bearer realm=\"streamchat\"");
        await RefusedAsync(gateway, HttpStatusCode.Unauthorized, "/ws/quiet", challenge: "Bearer realm=\"streamchat\"");
        const string Invalid = "Bearer realm=\"streamchat\", error=\"invalid_token\"";
        await RefusedAsync(gateway, HttpStatusCode.Unauthorized, "/ws/v1?user_id=ada&token=rubbish", challenge: Invalid);
        await RefusedAsync(gateway, HttpStatusCode.Unauthorized, "/ws/v1?user_id=ada", GatewayHost.Operator.Key, Invalid);
        await RefusedAsync(gateway, HttpStatusCode.Unauthorized, "/ws/v1?user_id=ada", await stranger.TokenAsync("ada"), Invalid);

        var token = await gateway.TokenAsync("ada", expiresIn: 1);
        await using var socket = await gateway.ConnectAsync("/ws/v1", token);
        Assert.Equal(4001, await socket.WaitForCloseAsync());
        await RefusedAsync(gateway, HttpStatusCode.Unauthorized, "/ws/v1", token, Invalid);
    }

    [Fact]
    public async Task Another_users_name_is_403()
    {
        await using var gateway = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync());
        var token = await gateway.TokenAsync("ada");
        await RefusedAsync(gateway, HttpStatusCode.Forbidden, "/ws/v1?user_id=bob", token);
        await RefusedAsync(gateway, HttpStatusCode.Forbidden, "/ws/path/bob", token);
        await RefusedAsync(gateway, HttpStatusCode.Forbidden, "/ws/quiet?user_id=Ada", token);
    }

    [Theory]
    [InlineData("open")]
    [InlineData("required")]
    public async Task Pages_of_other_hosts_are_403_in_either_mode(string mode)
    {
        var vhost = await broker.CreateVirtualHostAsync();
        await using var gateway = mode == "open"
            ? await GatewayHost.StartAsync(vhost, ("Auth:Origins:0", "https://friend.example"))
            : await GatewayHost.StartRequiredAsync(vhost, ("Auth:Origins:0", "https://friend.example"));
        var token = mode == "open" ? null : await gateway.TokenAsync("ada");
        foreach (var (origin, status) in new (string?, HttpStatusCode)[]
        {
            (null, HttpStatusCode.SwitchingProtocols), ($"http://{gateway.Address.Authority}", HttpStatusCode.SwitchingProtocols),
            ("https://friend.example", HttpStatusCode.SwitchingProtocols), ("https://evil.example", HttpStatusCode.Forbidden), ("null", HttpStatusCode.Forbidden),
        })
        {
            await using var socket = await gateway.ConnectAsync("/ws/v1?user_id=ada", token, origin);
            Assert.Equal(status, socket.Status);
        }
    }

    [Fact]
    public async Task A_protocol_without_subprotocol_names_none_unless_a_browser_would_fail_without()
    {
        await using var gateway = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync());
        var token = await gateway.TokenAsync("ada");
        await using var offered = await gateway.ConnectAsync("/ws/quiet", token, null, "chat");
        Assert.Null(offered.SubProtocol);
        await using var beside = await gateway.ConnectAsync("/ws/quiet", null, null, $"bearer.{token}", "chat");
        Assert.Equal("chat", beside.SubProtocol);
        await using var alone = await gateway.ConnectAsync("/ws/quiet", null, null, $"bearer.{token}");
        Assert.True(alone.IsOpen);
        Assert.Null(alone.SubProtocol);
        await using var native = await gateway.ConnectAsync("/ws/v1", null, null, $"bearer.{token}");
        Assert.True(native.IsOpen);
        Assert.Null(native.SubProtocol);
        await RefusedAsync(gateway, HttpStatusCode.BadRequest, "/ws/v1", token, null, "graphql-ws");
    }

    private static async Task OpensAsync(GatewayHost gateway, string path, string? bearer = null, string user = "")
    {
        await using var socket = await gateway.ConnectAsync(path, bearer);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, socket.Status);
        var first = await socket.ReceiveAsync();
        Assert.Equal(user, first.StartsWith('{') ? JsonElement.Parse(first).GetProperty("userId").GetString() : first);
    }

    private static async Task RefusedAsync(
        GatewayHost gateway, HttpStatusCode status, string path, string? bearer = null, string? challenge = null, params string[] subProtocols)
    {
        await using var socket = await gateway.ConnectAsync(path, bearer, null, subProtocols);
        Assert.Equal((status, challenge), (socket.Status, socket.Header("WWW-Authenticate")));
    }
}
