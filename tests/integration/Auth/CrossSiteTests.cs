using System.Net;
using StreamChat.TestSupport.Brokers;

namespace StreamChat.IntegrationTests.Auth;

/// <summary>What web pages of strangers get, from a gateway and through an edge. The endpoints are found, not listed.</summary>
public sealed class CrossSiteTests(RabbitMqServer broker)
{
    private static readonly string[] OwnNames = ["localhost", "127.0.0.1", "[::1]", "app.localhost", "LOCALHOST"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task On_loopback_in_open_mode_no_endpoint_answers_under_a_foreign_name(bool throughEdge)
    {
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync());
        await using var requests = throughEdge ? await BrowserRequests.ThroughEdgeAsync(gateway.Address) : BrowserRequests.To(gateway);
        var rebound = $"evil.example:{requests.Address.Port}";
        foreach (var endpoint in gateway.All())
        {
            var answer = await requests.SendAsync(
                endpoint.Method, endpoint.WithQuery(), endpoint.TakesBody ? "{}" : null, ("Host", rebound), ("Origin", $"http://{rebound}"), ("Sec-Fetch-Site", "same-origin"));
            if (endpoint.IsProbe)
            {
                Assert.Equal(HttpStatusCode.OK, answer.Status);
                continue;
            }

            Assert.True(answer.Status == HttpStatusCode.MisdirectedRequest, $"{endpoint}: {answer.Status}");
            Assert.Contains("AllowedHosts", answer.Text, StringComparison.Ordinal);
            Assert.Null(answer["Access-Control-Allow-Origin"]);
        }

        Assert.Equal(HttpStatusCode.MisdirectedRequest, await requests.ConnectAsync("/ws/v1?user_id=ada", ("Host", rebound), ("Origin", $"http://{rebound}")));
        foreach (var name in OwnNames)
        {
            var own = $"{name}:{requests.Address.Port}";
            Assert.Equal(HttpStatusCode.OK, (await requests.SendAsync("GET", "/status", null, ("Host", own), ("Origin", $"http://{own}"))).Status);
            Assert.Equal(HttpStatusCode.SwitchingProtocols, await requests.ConnectAsync("/ws/v1?user_id=ada", ("Host", own), ("Origin", $"http://{own}")));
        }

        // said once, for the operator
        Assert.Single(gateway.Logs.Lines, l => l.Text.Contains("Rejected a request with the host name evil.example ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Names_are_free_where_they_prove_nothing_and_the_setting_decides_where_it_is_given()
    {
        (string, string) foreign = ("Host", "chat.example.com");
        await using var required = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync());
        Assert.Equal(HttpStatusCode.OK, (await BrowserRequests.To(required).SendAsync("GET", "/status", null, foreign)).Status);

        await using var listed = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync(), ("AllowedHosts", "chat.example.com;*.example.org"));
        Assert.Equal(HttpStatusCode.OK, (await BrowserRequests.To(listed).SendAsync("GET", "/status", null, foreign)).Status);
        Assert.Equal(HttpStatusCode.OK, (await BrowserRequests.To(listed).SendAsync("GET", "/status", null, ("Host", "a.example.org"))).Status);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await BrowserRequests.To(listed).SendAsync("GET", "/status", null, ("Host", "example.org"))).Status);

        // a gateway on loopback behind an edge that the network reaches, by whatever name
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync());
        await using (var edge = await BrowserRequests.ThroughEdgeAsync(gateway.Address, "http://0.0.0.0:0"))
        {
            Assert.Equal(HttpStatusCode.OK, (await edge.SendAsync("GET", "/status", null, foreign)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await edge.SendAsync("GET", "/status", null, foreign, ("Origin", "http://localhost:3000"))).Status);
        }

        await using (var edge = await BrowserRequests.ThroughEdgeAsync(gateway.Address, "http://0.0.0.0:0", "--AllowedHosts=chat.example.com"))
        {
            Assert.Equal(HttpStatusCode.OK, (await edge.SendAsync("GET", "/status", null, foreign)).Status);
            var refused = await edge.SendAsync("GET", "/status", null, ("Host", "evil.example"));
            Assert.Equal((HttpStatusCode.MisdirectedRequest, "nosniff", "no-store"), (refused.Status, refused["X-Content-Type-Options"], refused["Cache-Control"]));
            Assert.Contains("AllowedHosts", refused.Text, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await edge.SendAsync("GET", "/health/ready", null, ("Host", "10.1.2.3"))).Status);
        }

        // what a client claims of the edge's listener does not get past the edge
        await using (var edge = await BrowserRequests.ThroughEdgeAsync(gateway.Address))
        {
            Assert.Equal(HttpStatusCode.MisdirectedRequest, (await edge.SendAsync("GET", "/status", null, foreign, ("Sec-StreamChat-Listener", "network"), ("X-Forwarded-Host", "localhost"))).Status);
        }
    }

    [Theory]
    [InlineData("open", false)]
    [InlineData("open", true)]
    [InlineData("required", false)]
    public async Task No_endpoint_but_pages_serves_another_site(string mode, bool throughEdge)
    {
        var vhost = await broker.CreateVirtualHostAsync();
        await using var gateway = mode == "open" ? await GatewayHost.StartAsync(vhost) : await GatewayHost.StartRequiredAsync(vhost);
        await using var requests = throughEdge ? await BrowserRequests.ThroughEdgeAsync(gateway.Address) : BrowserRequests.To(gateway);
        (string, string)[][] foreign =
        [
            [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image"), ("Accept", "image/avif,image/webp,*/*")],
            [("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "script")],
            [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Accept", "text/html")],
            [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "cors"), ("Origin", "https://evil.example")],
            [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Origin", "null")],
            [("Origin", "https://evil.example")],
        ];
        foreach (var endpoint in gateway.All().Where(e => !e.IsProbe))
        {
            for (var i = 0; i < foreign.Length; i++)
            {
                var answer = await requests.SendAsync(endpoint.Method, endpoint.WithQuery(), endpoint.TakesBody ? "{}" : null, foreign[i]);
                Assert.Null(answer["Access-Control-Allow-Origin"]);

                // whatever is served has the policy of a page
                Assert.True(
                    answer.Status == (answer["Content-Security-Policy"] is null ? HttpStatusCode.Forbidden : HttpStatusCode.OK), $"{endpoint}, {i}: {answer.Status} {answer.Text}");
            }
        }

        foreach (var path in (string[])["/", "/test", "/docs", "/client/index.js", "/static/test_websocket.html"])
        {
            var linked = await requests.SendAsync("GET", path, null, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Accept", "text/html"));
            Assert.Equal(HttpStatusCode.OK, linked.Status);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await requests.SendAsync("GET", "/", null, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, await requests.ConnectAsync("/ws/v1?user_id=ada", ("Origin", "https://evil.example")));
        Assert.Equal(HttpStatusCode.Forbidden, await requests.ConnectAsync("/ws/v1?user_id=ada", ("Sec-Fetch-Site", "cross-site")));
    }

    [Theory]
    [InlineData("open", false)]
    [InlineData("open", true)]
    [InlineData("required", false)]
    [InlineData("required", true)]
    public async Task A_page_of_an_allowed_origin_reads_every_answer_errors_included(string mode, bool throughEdge)
    {
        var vhost = await broker.CreateVirtualHostAsync();
        var (origin, settings) = mode == "open" ? ("http://localhost:3000", Array.Empty<(string, string)>()) : ("capacitor://localhost", [("Auth:Origins:0", "capacitor://localhost"), ("Limits:Requests", "3"), ("Limits:RequestsPerSecond", "0.01")]);
        await using var gateway = mode == "open" ? await GatewayHost.StartAsync(vhost, settings) : await GatewayHost.StartRequiredAsync(vhost, settings);
        await using var requests = throughEdge ? await BrowserRequests.ThroughEdgeAsync(gateway.Address) : BrowserRequests.To(gateway);
        (string, string)[] page = [("Origin", origin), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "cors")];
        HashSet<HttpStatusCode> seen = [];
        foreach (var endpoint in gateway.All())
        {
            var preflight = await requests.SendAsync(
                "OPTIONS", endpoint.WithQuery(), null,
                [.. page, ("Access-Control-Request-Method", endpoint.Method), ("Access-Control-Request-Headers", "authorization,content-type"), ("Access-Control-Request-Private-Network", "true")]);
            var isEdgesOwn = throughEdge && endpoint.IsProbe;
            if (!isEdgesOwn)
            {
                Assert.True(preflight.Status == HttpStatusCode.NoContent, $"{endpoint}: {preflight.Status}");
                Assert.Equal((origin, "true", "true"), (preflight["Access-Control-Allow-Origin"], preflight["Access-Control-Allow-Credentials"], preflight["Access-Control-Allow-Private-Network"]));
                Assert.Contains(endpoint.Method, preflight["Access-Control-Allow-Methods"]!.Split(','));
                Assert.Equal(["Authorization", "Content-Type", "Last-Event-ID", "X-Api-Key"], preflight["Access-Control-Allow-Headers"]!.Split(',').Order());
                Assert.Equal("600", preflight["Access-Control-Max-Age"]);
            }

            var answer = await requests.SendAsync(endpoint.Method, endpoint.WithQuery(), endpoint.TakesBody ? "{}" : null, page);
            Assert.NotEqual(HttpStatusCode.Forbidden, answer.Status);
            seen.Add(answer.Status);
            if (!isEdgesOwn)
            {
                Assert.True(answer["Access-Control-Allow-Origin"] == origin, $"{endpoint}: {answer.Status}");
                Assert.Contains("Retry-After", answer["Access-Control-Expose-Headers"], StringComparison.Ordinal);
                Assert.Single(answer["Vary"]!.Split(',', StringSplitOptions.TrimEntries), "Origin");
            }
        }

        await ExpectAsync(HttpStatusCode.NotFound, "GET", "/nothing/here");
        await ExpectAsync(HttpStatusCode.MethodNotAllowed, "DELETE", "/status");
        Assert.Contains(HttpStatusCode.UpgradeRequired, seen);
        if (mode == "required")
        {
            Assert.Contains(HttpStatusCode.Unauthorized, seen);
            await ExpectAsync(HttpStatusCode.RequestEntityTooLarge, "POST", "/auth/token", new string(' ', 20_000), ("X-Api-Key", GatewayHost.Shop.Key));
            var token = ("Authorization", $"Bearer {await gateway.TokenAsync("ada")}");

            // 400 as often as the limit allows, then 429
            for (var i = 0; i < 3; i++)
            {
                await ExpectAsync(HttpStatusCode.BadRequest, "GET", "/api/v1/threads?limit=0", null, token);
            }

            var limited = await ExpectAsync(HttpStatusCode.TooManyRequests, "GET", "/api/v1/threads?limit=0", null, token);
            Assert.NotNull(limited["Retry-After"]);
        }
        else
        {
            // there is no worker behind this gateway
            Assert.Contains(HttpStatusCode.ServiceUnavailable, seen);
        }

        async Task<BrowserRequests.Answer> ExpectAsync(HttpStatusCode status, string method, string path, string? body = null, params (string, string)[] headers)
        {
            var answer = await requests.SendAsync(method, path, body, [.. page, .. headers]);

            // an edge answers this itself, and does not know which origins its gateways allow
            var allowed = throughEdge && status == HttpStatusCode.RequestEntityTooLarge ? "*" : origin;
            Assert.Equal((status, allowed), (answer.Status, answer["Access-Control-Allow-Origin"]));
            return answer;
        }
    }

    [Fact]
    public async Task Nobody_gets_credentials_with_a_star_or_as_null_and_caches_tell_origins_apart()
    {
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync(), ("Auth:Origins:0", "null"), ("Auth:Origins:1", "tauri://localhost"));
        await using var starred = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync(), ("Auth:Origins:0", "*"));
        foreach (var (host, origin, allowed, credentials) in new[]
        {
            (gateway, "null", "null", null), (gateway, "tauri://localhost", "tauri://localhost", "true"), (gateway, "https://evil.example", null, null),
            (starred, "https://evil.example", "*", null), (starred, "null", "*", null),
        })
        {
            foreach (var method in (string[])["GET", "OPTIONS"])
            {
                var answer = await BrowserRequests.To(host).SendAsync(method, "/client/index.js", null, ("Origin", origin), ("Access-Control-Request-Method", "GET"));
                Assert.Equal((allowed, credentials), (answer["Access-Control-Allow-Origin"], answer["Access-Control-Allow-Credentials"]));
            }
        }

        Assert.Equal("Origin", (await BrowserRequests.To(gateway).SendAsync("GET", "/client/index.js"))["Vary"]);
        Assert.Equal("Accept, Origin", (await BrowserRequests.To(gateway).SendAsync("GET", "/", null, ("Accept", "text/html")))["Vary"]);
        Assert.Contains(starred.Logs.Lines, l => l.Text.Contains("Auth:Origins contains '*'", StringComparison.Ordinal));
        Assert.Contains(gateway.Logs.Lines, l => l.Text.Contains("Auth:Origins contains 'null'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_answer_has_the_safe_headers()
    {
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync(), ("Pages:FrameAncestors:0", "https://portal.example.com/"), ("Pages:FrameAncestors:1", "self"));
        await using var edge = await BrowserRequests.ThroughEdgeAsync(gateway.Address);
        var direct = BrowserRequests.To(gateway);
        foreach (var requests in new[] { direct, edge })
        {
            foreach (var (method, path) in gateway.All().Select(e => (e.Method, e.WithQuery())).Append(("GET", "/nothing/here")).Append(("DELETE", "/status")))
            {
                var answer = await requests.SendAsync(method, path, null, ("Accept", "text/html"));
                Assert.True(answer["X-Content-Type-Options"] == "nosniff", path);
                var kept = answer["Content-Security-Policy"] is not null ? "no-cache" : "no-store";
                Assert.True(answer["Cache-Control"]!.Contains(kept, StringComparison.Ordinal), $"{path}: {answer["Cache-Control"]}");
            }

            var policy = (await requests.SendAsync("GET", "/", null, ("Accept", "text/html")))["Content-Security-Policy"];
            Assert.Equal("default-src 'self'; img-src 'self' blob:; connect-src 'self'; form-action 'none'; frame-ancestors https://portal.example.com 'self'; base-uri 'none'", policy);
        }

        var stream = await direct.SendAsync("GET", "/agent_chat_stream?query=hi");
        Assert.Equal(("text/event-stream", "no-store", "nosniff"), (stream["Content-Type"], stream["Cache-Control"], stream["X-Content-Type-Options"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_body_has_a_limit(bool chunked)
    {
        await using var gateway = await GatewayHost.StartRequiredAsync(await broker.CreateVirtualHostAsync());
        var token = await gateway.TokenAsync("ada");
        var taking = gateway.All().Where(e => e.TakesBody).ToList();
        Assert.True(taking.Count >= 4);
        foreach (var endpoint in taking)
        {
            var credential = endpoint.Path.StartsWith("/api/", StringComparison.Ordinal) ? token : GatewayHost.Operator.Key;
            foreach (var (size, isTooLarge) in new[] { (15 * 1024, false), ((16 * 1024) + 1, true) })
            {
                using var request = new HttpRequestMessage(new HttpMethod(endpoint.Method), endpoint.WithQuery())
                {
                    Content = new StringContent("{}" + new string(' ', size - 2), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")),
                    Headers = { { "Authorization", $"Bearer {credential}" } },
                };
                request.Headers.TransferEncodingChunked = chunked;
                request.Headers.ExpectContinue = true; // asks before it sends, so that a refusal does not meet a broken pipe
                using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
                Assert.True(response.StatusCode == HttpStatusCode.RequestEntityTooLarge == isTooLarge, $"{endpoint}, {size}: {response.StatusCode}");
                if (isTooLarge)
                {
                    Assert.Contains("\"detail\":\"The body is larger than allowed.\"", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
                }
            }
        }
    }
}
