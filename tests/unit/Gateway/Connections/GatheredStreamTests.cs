using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using StreamChat.Gateway;
using StreamChat.Gateway.Connections.Sockets;
using StreamChat.Gateway.Limits;
using StreamChat.TestSupport.Time;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.UnitTests.Gateway.Connections;

public sealed class GatheredStreamTests : IDisposable
{
    private readonly Recording _network = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Frames_that_are_gathered_go_out_in_one_write_in_their_order()
    {
        await using GatheredStream stream = new(_network);
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        foreach (var (text, gathers) in new[] { ("one", true), ("two", true), ("three", false), ("four", false) })
        {
            stream.Gathers = gathers;
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Token);
        }

        Assert.Equal([Frame("one") + Frame("two") + Frame("three"), Frame("four")], _network.Writes);
    }

    [Fact]
    public async Task What_is_gathered_is_bounded()
    {
        await using GatheredStream stream = new(_network);
        stream.Gathers = true;
        var part = new byte[30 * 1024];
        for (var i = 0; i < 5; i++)
        {
            await stream.WriteAsync(part, Token);
            await stream.FlushAsync(Token);
        }

        Assert.Equal([3 * part.Length], _network.Writes.Select(w => w.Length));
        stream.Gathers = false;
        await stream.WriteAsync(part, Token);
        Assert.Equal(6 * part.Length, _network.Writes.Sum(w => w.Length));
    }

    [Fact]
    public async Task A_flood_of_pings_is_read_at_the_pace_of_frames()
    {
        FakeTimeProvider time = new();
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<GatewayTelemetry>().BuildServiceProvider();
        using Recording network = new();
        for (var i = 0; i < 1000; i++)
        {
            network.Write([0x89, 0x80, 0, 0, 0, 0]);
        }

        network.Position = 0;
        await using GatheredStream stream = new(network) { Pace = new FramePace(100, 50, time, services.GetRequiredService<GatewayTelemetry>()) };
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        var reading = socket.ReceiveAsync(new byte[10], Token);

        // the socket reads some frames at a time
        const int AtATime = 30;
        Assert.False(reading.IsCompleted);
        Assert.InRange(network.Writes.Count, 100, 100 + AtATime);
        for (var seconds = 1; seconds <= 5; seconds++)
        {
            for (var pause = 0; pause < 10; pause++)
            {
                time.Advance(TimeSpan.FromSeconds(0.1));
            }

            await Eventually.TrueAsync(() => network.Writes.Count >= 100 + ((seconds - 1) * 50));
            Assert.InRange(network.Writes.Count, 0, 100 + (seconds * 50) + AtATime);
        }
    }

    public void Dispose() => _network.Dispose();

    private static string Frame(string text) => $"\u0081{(char)text.Length}{text}";

    private sealed class Recording : MemoryStream
    {
        public List<string> Writes { get; } = [];

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writes.Add(Encoding.Latin1.GetString(buffer.Span));
            return ValueTask.CompletedTask;
        }
    }
}
