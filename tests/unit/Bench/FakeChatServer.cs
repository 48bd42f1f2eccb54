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
    private readonly ConcurrentDictionary<string, int> _asked = [];
    private int _pings;

    private FakeChatServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single().Replace("http:", "ws:", StringComparison.Ordinal) + "/ws/v1";

    /// <summary>Which tokens are sent, in frames, when so many are asked for.</summary>
    public Func<int, IEnumerable<int[]>> Frames { get; set; } = Single;

    /// <summary>How a run ends: the frame, without run id; null for never.</summary>
    public object? End { get; set; } = new { type = "RUN_FINISHED" };

    /// <summary>Whether the socket is dropped in place of the end.</summary>
    public bool Drop { get; set; }

    /// <summary>After how many tokens a slow reader is closed; null for never. Each time that it attaches it gets as many more.</summary>
    public int? CloseSlowAfter { get; set; }

    /// <summary>How many pings came.</summary>
    public int Pings => Volatile.Read(ref _pings);

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
        var isSlow = context.Request.Query["user_id"] == "slow-0";
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
            if (request.RootElement.GetProperty("type").GetString() == "ping")
            {
                Interlocked.Increment(ref _pings);
            }
            else if (isSlow)
            {
                await AnswerSlowAsync(socket, request.RootElement);
            }
            else
            {
                await AnswerAsync(context, socket, request.RootElement, isFirst);
            }
        }
    }

    private async Task AnswerSlowAsync(WebSocket socket, JsonElement request)
    {
        var runId = request.GetProperty("runId").GetString()!;
        var (seen, count) = request.GetProperty("type").GetString() == "attach"
            ? (request.GetProperty("afterSeq").GetInt32(), _asked[runId])
            : (0, _asked[runId] = int.Parse(request.GetProperty("messages")[0].GetProperty("content").GetString()!.Split(' ')[1], CultureInfo.InvariantCulture));
        var last = Math.Min(count, seen + (CloseSlowAfter ?? count));
        for (var i = seen + 1; i <= last; i++)
        {
            await SendAsync(socket, new { type = "TEXT_MESSAGE_CONTENT", runId, seq = i, messageId = "m", delta = $"{i}@5 " });
        }

        if (last < count)
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)1013, "slow", CancellationToken.None);
        }
        else
        {
            await SendAsync(socket, new { type = "RUN_FINISHED", runId, seq = count + 1 });
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
