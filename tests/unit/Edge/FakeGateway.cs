using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace StreamChat.UnitTests.Edge;

/// <summary>Stands behind the edge: says its name, echoes sockets and shows what reached it. Listens on a free port.</summary>
internal sealed class FakeGateway : IAsyncDisposable
{
    /// <summary>A frame for which the gateway aborts the connection.</summary>
    public const string CutMe = "cut me";

    private readonly WebApplication _app;
    private readonly SemaphoreSlim _nextEvent = new(0);

    private FakeGateway(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public bool Ready { get; set; } = true;

    public static async Task<FakeGateway> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.RequestHeaderEncodingSelector = name => name == "X-A" ? Encoding.Latin1 : null;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        });
        var app = builder.Build();
        var gateway = new FakeGateway(app);
        app.UseWebSockets();
        app.Map("/health/ready", () => Results.StatusCode(gateway.Ready ? 200 : 503));
        app.Map("/ws/{**rest}", gateway.EchoAsync);
        app.Map("/mirror", (HttpContext context) => context.Response.Headers["X-A"] = context.Request.Headers["X-A"]);
        app.Map("/busy", () => Results.Text("too many users", statusCode: 503));
        app.Map("/events", gateway.StreamAsync);
        app.Map("/{**path}", (HttpRequest request) => Results.Json(new Seen(
            gateway.Url, request.Path + request.QueryString, request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString()),
            request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget)));
        await app.StartAsync();
        return gateway;
    }

    /// <summary>Lets <c>/events</c> write its next event.</summary>
    public void WriteEvent() => _nextEvent.Release();

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _nextEvent.Dispose();
    }

    private async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault());
        await socket.SendAsync(Encoding.UTF8.GetBytes(Url), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var buffer = new byte[4096];
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer, context.RequestAborted);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(socket.CloseStatus!.Value, socket.CloseStatusDescription, CancellationToken.None);
                return;
            }

            if (Encoding.UTF8.GetString(buffer, 0, got.Count) == CutMe)
            {
                context.Abort();
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, CancellationToken.None);
        }
    }

    private async Task StreamAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.Body.FlushAsync();
        for (var i = 1; ; i++)
        {
            await _nextEvent.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync($"data: {i}\n\n");
        }
    }
}

/// <summary>What a gateway saw of a request.</summary>
internal sealed record Seen(string Gateway, string Target, Dictionary<string, string> Headers, string RawTarget);
