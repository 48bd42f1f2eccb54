using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StreamChat.Gateway;
using StreamChat.Hosting;
using StreamChat.Hosting.Bus;

namespace StreamChat.IntegrationTests.Dialects;

/// <summary>A dialect that is switched off has no socket, no HTTP endpoint, no page, and no line in the description; the others have all of theirs.</summary>
public sealed class DialectSwitchTests
{
    private static readonly (string Dialect, string[] Sockets, string[] Endpoints, string[] Pages)[] Dialects =
    [
        ("native", ["/ws/v1?user_id=ada"], ["/api/v1/catalog"], ["/chat.js", "/chat.css", "/index.html", "/chat/dialogs.js", "/client/index.js"]),
        ("assistant", ["/ws?user_id=ada"], ["/status", "/connections", "/rooms", "/broadcast"], ["/test", "/test/index.html", "/test/page.js"]),
        ("aurawell", ["/ws/chat/ada"], ["/api/v1/health", "/ws/health", "/ws/stats"], []),
        ("agent-engine", ["/ws/agent"], ["/ws/statistics", "/health"], ["/static/test_websocket.html", "/static/test_websocket.js"]),
        ("yychat", [], ["/ws/status", "/ws/handlers"], []),
        ("session", [], ["/api", "/agent_chat_stream"], []),
    ];

    private static readonly string[] Always = ["/docs", "/kit/kit.css", "/kit/page-header.js", "/openapi/v1.json", "/health/live", "/favicon.svg"];

    [Theory]
    [InlineData("")]
    [InlineData("native")]
    [InlineData("assistant")]
    [InlineData("aurawell")]
    [InlineData("agent-engine")]
    [InlineData("yychat")]
    [InlineData("session")]
    [InlineData("native assistant aurawell agent-engine yychat session")]
    public async Task Switched_off_it_answers_as_what_does_not_exist(string off)
    {
        await using var app = await StartAsync(off);
        var address = Address(app);
        using var http = new HttpClient { BaseAddress = address };
        var unknown = await AskAsync(http, "/no/such/path");
        Assert.Equal(HttpStatusCode.NotFound, unknown.Status);
        var described = await http.GetFromJsonAsync<JsonElement>("/openapi/v1.json", TestContext.Current.CancellationToken);
        var paths = described.GetProperty("paths").EnumerateObject().Select(p => p.Name).ToHashSet();
        var listed = await http.GetStringAsync("/kit/dialects.js", TestContext.Current.CancellationToken);
        foreach (var (dialect, sockets, endpoints, pages) in Dialects)
        {
            var isOff = off.Split(' ').Contains(dialect);
            Assert.Equal(!isOff, listed.Contains($"'{dialect}'", StringComparison.Ordinal));
            foreach (var socket in sockets)
            {
                Assert.Equal(isOff ? HttpStatusCode.NotFound : HttpStatusCode.SwitchingProtocols, await ConnectAsync(address, socket));
            }

            foreach (var path in endpoints.Concat(pages))
            {
                var answer = await AskAsync(http, path);
                Assert.Equal((path, isOff), (path, answer == unknown));
                Assert.True(pages.Contains(path) || paths.Contains(path) == !isOff, $"The description of {path}.");
            }
        }

        foreach (var path in Always)
        {
            Assert.Equal((path, HttpStatusCode.OK), (path, (await AskAsync(http, path)).Status));
        }
    }

    [Theory]
    [InlineData("", true, true)]
    [InlineData("yychat", true, true)]
    [InlineData("session", true, true)]
    [InlineData("yychat session", false, true)]
    [InlineData("aurawell", true, false)]
    public async Task A_shared_path_is_there_while_one_of_its_dialects_is(string off, bool shared, bool withId)
    {
        await using var app = await StartAsync(off);
        Assert.Equal(shared ? HttpStatusCode.SwitchingProtocols : HttpStatusCode.NotFound, await ConnectAsync(Address(app), "/ws/chat"));
        Assert.Equal(withId ? HttpStatusCode.SwitchingProtocols : HttpStatusCode.NotFound, await ConnectAsync(Address(app), "/ws/chat/ada"));
    }

    [Theory]
    [InlineData("", "text/html", "text/html")]
    [InlineData("", "*/*", "application/json")]
    [InlineData("native", "text/html", "application/json")]
    [InlineData("assistant", "*/*", "text/html")]
    [InlineData("native assistant", "text/html", null)]
    public async Task The_first_page_is_the_chat_where_native_is_spoken_and_else_what_there_is(string off, string accepts, string? type)
    {
        await using var app = await StartAsync(off);
        using var http = new HttpClient { BaseAddress = Address(app) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Accept.ParseAdd(accepts);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(type is null ? HttpStatusCode.NotFound : HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
    }

    private static Uri Address(WebApplication app) => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(path, HttpCompletionOption.ResponseContentRead, TestContext.Current.CancellationToken);
        return (response.StatusCode, response.StatusCode == HttpStatusCode.NotFound ? await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) : "");
    }

    private static async Task<HttpStatusCode> ConnectAsync(Uri address, string path)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(new UriBuilder(new Uri(address, path)) { Scheme = "ws" }.Uri, TestContext.Current.CancellationToken);
        }
        catch (WebSocketException) when (socket.HttpStatusCode != 0)
        {
            // the status tells
        }

        return socket.HttpStatusCode;
    }

    private static async Task<WebApplication> StartAsync(string off)
    {
        var builder = StreamChatHost.CreateBuilder([], "test", defaultPort: 0);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["URLS"] = "http://127.0.0.1:0",
            ["Bus:Transport"] = "InMemory",
            ["Cluster:AnswerTimeout"] = "00:00:00.2",
        });
        builder.Configuration.AddInMemoryCollection(
            off.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(name => $"Dialects:{name}:Enabled", _ => (string?)"false"));
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddGateway();
        builder.Services.AddStreamChatBus(builder.Configuration, new GatewayBus());
        var app = builder.Build();
        app.MapGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
