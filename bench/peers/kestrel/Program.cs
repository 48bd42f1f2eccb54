using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

// A bare WebSocket in one process: what the platform itself can do with one frame a token.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
var app = builder.Build();
app.UseWebSockets();
app.Map("/ws/v1", async context =>
{
    using var socket = await context.WebSockets.AcceptWebSocketAsync("streamchat.v1");
    await SendAsync("""{"type":"welcome","connectionId":"peer.1","userId":"peer","heartbeatSeconds":30}""");
    var buffer = new byte[64 * 1024];
    while (true)
    {
        var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
        if (received.MessageType == WebSocketMessageType.Close)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
            return;
        }

        await AnswerAsync(JsonElement.Parse(buffer.AsSpan(0, received.Count)));
    }

    async Task AnswerAsync(JsonElement request)
    {
        if (request.GetProperty("type").GetString() != "run")
        {
            return;
        }

        var run = request.GetProperty("runId").GetString();
        var load = request.GetProperty("messages")[0].GetProperty("content").GetString()!.Split(' ');
        var count = int.Parse(load[1], CultureInfo.InvariantCulture);
        var rate = load.Length > 2 ? int.Parse(load[2], CultureInfo.InvariantCulture) : 0;
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 1; i <= count; i++)
        {
            if (rate > 0 && TimeSpan.FromSeconds((double)(i - 1) / rate) - TimeProvider.System.GetElapsedTime(started) is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait, context.RequestAborted);
            }

            var now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            await SendAsync(string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"type":"TEXT_MESSAGE_CONTENT","runId":"{{run}}","seq":{{i}},"messageId":"m1","delta":"{{i}}@{{now}} "}"""));
        }

        await SendAsync($$"""{"type":"RUN_FINISHED","runId":"{{run}}","seq":{{count + 1}}}""");
    }

    ValueTask SendAsync(string frame) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, context.RequestAborted);
});
await app.RunAsync();
