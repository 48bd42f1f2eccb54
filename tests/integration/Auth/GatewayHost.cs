using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StreamChat.Gateway;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Limits;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting;
using StreamChat.Hosting.Bus;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Auth;

/// <summary>A real gateway on a free port, on a real broker, without workers; with two API keys.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GatewayHost(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
        Http = new HttpClient { BaseAddress = Address };
    }

    public static (string Key, string Hash) Shop { get; } = ApiKeys.Make();

    public static (string Key, string Hash) Operator { get; } = ApiKeys.Make();

    public Uri Address { get; }

    public HttpClient Http { get; }

    public RecordedLogs Logs { get; private init; } = null!;

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>A gateway that wants tokens.</summary>
    public static Task<GatewayHost> StartRequiredAsync(Uri broker, params (string Key, string Value)[] settings) => StartAsync(
        broker,
        [
            ("Auth:Mode", "required"),
            ("Auth:Keys:0:Hash", Shop.Hash), ("Auth:Keys:0:Subject", "shop"), ("Auth:Keys:0:Roles:0", Roles.Tokens), ("Auth:Keys:0:Roles:1", "vip"),
            ("Auth:Keys:1:Hash", Operator.Hash), ("Auth:Keys:1:Subject", "operator"), ("Auth:Keys:1:Roles:0", Roles.Admin),
            .. settings,
        ]);

    public static async Task<GatewayHost> StartAsync(Uri broker, params (string Key, string Value)[] settings)
    {
        var builder = StreamChatHost.CreateBuilder([], "test", defaultPort: 0);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["URLS"] = "http://127.0.0.1:0",
            ["Bus:Uri"] = broker.ToString(),
            ["Bus:StopTimeout"] = "00:00:02",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value));
        var logs = new RecordedLogs();

        // MassTransit keeps the last logger factory in a static: one that outlives its host does no harm there
        builder.Services.AddSingleton<ILoggerFactory>(logs);
        builder.Services.AddGateway();
        builder.Services.AddDialect<QuietDialect>("/ws/quiet");
        builder.Services.AddDialect<PathDialect>("/ws/path/{user_id}");
        builder.Services.AddStreamChatBus(builder.Configuration, new GatewayBus());
        var app = builder.Build();
        app.MapGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var host = new GatewayHost(app, address) { Logs = logs };
        await Eventually.TrueAsync(async () => (await host.Http.GetAsync("/health/ready", TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        return host;
    }

    /// <summary>Asks for a token.</summary>
    public async Task<string> TokenAsync(string userId, int? expiresIn = null)
    {
        using var response = await PostAsync("/auth/token", new { user_id = userId, expires_in = expiresIn }, Shop.Key);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonElement.Parse(body).GetProperty("access_token").GetString()!;
    }

    public async Task<HttpResponseMessage> PostAsync(string path, object? body, string? bearer, string? header = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
        };
        if (bearer is not null)
        {
            request.Headers.Add(header ?? "Authorization", header is null ? $"Bearer {bearer}" : bearer);
        }

        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<Handshaken> ConnectAsync(string path, string? bearer = null, string? origin = null, params string[] subProtocols) =>
        Handshaken.ConnectAsync(Address, path, bearer, origin, subProtocols);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    /// <summary>A protocol of no words, without subprotocol, whose clients may be anonymous.</summary>
    public class QuietDialect : IDialect, IDialectSession
    {
        public virtual string Name => "quiet";

        public virtual UserIdSource UserId => UserIdSource.OptionalQuery;

        public virtual ConnectionLimits Connections => new(PerGateway: 5);

        public IReadOnlyDictionary<string, Type> MessageTypes { get; } = new Dictionary<string, Type>();

        public Fault BinaryFault { get; } = new(FaultCodes.InvalidFrame, "");

        public IDialectSession NewSession(SessionStart start)
        {
            Assert.DoesNotContain(start.Parameters.Keys, k => k.Contains("token", StringComparison.Ordinal));
            return this;
        }

        public ClientFrame Parse(ReadOnlyMemory<byte> frame) => new IgnoredFrame("");

        public void Encode(ServerEvent serverEvent, DateTimeOffset now, IFrameOutput output)
        {
            if (serverEvent is Welcome welcome)
            {
                output.Write(Encoding.UTF8.GetBytes(welcome.UserId));
                output.EndFrame();
            }
        }
    }

    /// <summary>One whose path names the user, who may have three connections.</summary>
    public sealed class PathDialect : QuietDialect
    {
        public override string Name => "path";

        public override UserIdSource UserId => UserIdSource.Path;

        public override ConnectionLimits Connections => new(PerUser: 3);
    }
}

/// <summary>What came of a handshake.</summary>
internal sealed class Handshaken(ClientWebSocket socket) : IAsyncDisposable
{
    public HttpStatusCode Status => socket.HttpStatusCode;

    public string? SubProtocol => socket.SubProtocol;

    public bool IsOpen => socket.State == WebSocketState.Open;

    public string? Header(string name) => socket.HttpResponseHeaders!.TryGetValue(name, out var values) ? string.Join(", ", values) : null;

    public static async Task<Handshaken> ConnectAsync(Uri server, string path, string? bearer, string? origin, params string[] subProtocols)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        subProtocols.ToList().ForEach(socket.Options.AddSubProtocol);
        if (bearer is not null)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {bearer}");
        }

        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        try
        {
            await socket.ConnectAsync(new UriBuilder(new Uri(server, path)) { Scheme = "ws" }.Uri, TestContext.Current.CancellationToken);
        }
        catch (WebSocketException) when (socket.HttpStatusCode != 0)
        {
            // the status tells
        }

        return new Handshaken(socket);
    }

    public async Task<string> ReceiveAsync()
    {
        var buffer = new byte[4096];
        var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return received.MessageType == WebSocketMessageType.Close ? $"closed {(int)socket.CloseStatus!}" : Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    public Task SendAsync(string frame) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    /// <summary>Sends the beginning of a message that does not end with it.</summary>
    public Task SendPartAsync(int bytes) =>
        socket.SendAsync(new byte[bytes], WebSocketMessageType.Text, endOfMessage: false, TestContext.Current.CancellationToken);

    /// <summary>Reads until the server closes.</summary>
    /// <returns>The close code.</returns>
    public async Task<int> WaitForCloseAsync()
    {
        while (true)
        {
            var frame = await ReceiveAsync();
            if (frame.StartsWith("closed ", StringComparison.Ordinal))
            {
                return int.Parse(frame.AsSpan("closed ".Length), provider: null);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return default;
    }
}

/// <summary>All that was logged, whatever its level.</summary>
internal sealed class RecordedLogs : ILoggerProvider, ILoggerFactory
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    public IEnumerable<(LogLevel Level, string Text)> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Recorder(_lines);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private sealed class Recorder(ConcurrentQueue<(LogLevel Level, string Text)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            lines.Enqueue((LogLevel.None, $"{state}"));
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs.Select(p => $"{p.Key}={p.Value}")) : "";
            lines.Enqueue((logLevel, $"{formatter(state, exception)} {values} {exception}"));
        }
    }
}
