using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace StreamChat.UnitTests.Bench;

/// <summary>Speaks the native dialect and answers <c>/load N</c>; the first user is served with the faults that a test plants.</summary>
internal sealed class FakeChatServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentBag<string> _prompts = [];

    private FakeChatServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single().Replace("http:", "ws:", StringComparison.Ordinal) + "/ws/v1";

    /// <summary>Which tokens are sent, in frames, when so many are asked for.</summary>
    public Func<int, IEnumerable<int[]>> Frames { get; set; } = Single;

    /// <summary>How a run ends: the frame, without run id; null for never.</summary>
    public object? End { get; set; } = new { type = "RUN_FINISHED" };

    /// <summary>Whether the socket is dropped in place of the end.</summary>
    public bool Drop { get; set; }

    /// <summary>The messages of all runs.</summary>
    public IReadOnlyCollection<string> Prompts => _prompts;

    public static IEnumerable<int[]> Single(int count) => Enumerable.Range(1, count).Select(i => new[] { i });

    public static async Task<FakeChatServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new FakeChatServer(app);
        app.UseWebSockets();
        app.Map("/ws/v1", server.ServeAsync);
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync("streamchat.v1");
        var isFirst = context.Request.Query["user_id"] == "load-0";
        await SendAsync(socket, new { type = "welcome", connectionId = "g.1", userId = "u", heartbeatSeconds = 30 });
        var buffer = new byte[4096];
        while (socket.State == WebSocketState.Open)
        {
            var got = await socket.ReceiveAsync(buffer, context.RequestAborted);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                return;
            }

            using var request = JsonDocument.Parse(buffer.AsMemory(0, got.Count));
            await AnswerAsync(context, socket, request.RootElement, isFirst);
        }
    }

    private async Task AnswerAsync(HttpContext context, WebSocket socket, JsonElement request, bool isFirst)
    {
        Assert.Equal("run", request.GetProperty("type").GetString());
        var runId = request.GetProperty("runId").GetString();
        var threadId = request.GetProperty("threadId").GetString();
        var prompt = request.GetProperty("messages")[0].GetProperty("content").GetString()!;
        _prompts.Add(prompt);
        await SendAsync(socket, new { type = "accepted", runId, threadId, traceId = "" });
        await SendAsync(socket, new { type = "RUN_STARTED", runId, threadId, seq = 1 });
        foreach (var frame in (isFirst ? Frames : Single)(int.Parse(prompt.Split(' ')[1], CultureInfo.InvariantCulture)))
        {
            var now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            var delta = string.Concat(frame.Select(i => $"{i}@{now} "));
            await SendAsync(socket, new { type = "TEXT_MESSAGE_CONTENT", runId, seq = 2, messageId = "m", delta });

            // of another run, as in a room: not ours to count
            await SendAsync(socket, new { type = "TEXT_MESSAGE_CONTENT", runId = "other", seq = 2, messageId = "m", delta });
        }

        if (isFirst && Drop)
        {
            context.Abort();
        }
        else if (!isFirst || End is not null)
        {
            var end = JsonSerializer.SerializeToNode(isFirst ? End : new { type = "RUN_FINISHED" })!;
            end["runId"] = runId;
            await SendAsync(socket, end);
        }
    }

    private static Task SendAsync(WebSocket socket, object frame) =>
        socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(frame), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
}
