using System.IO.Pipelines;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StreamChat.Gateway;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Limits;
using StreamChat.TestSupport.Time;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.UnitTests.Gateway.Connections;

/// <summary>What is held of a message while it is not whole.</summary>
public sealed class FrameReaderTests : IDisposable
{
    private const int MaxBytes = 1024 * 1024;

    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<GatewayTelemetry>().BuildServiceProvider();
    private readonly LimitsOptions _limits = new();
    private readonly UnreadBytes _unread;
    private readonly LargeFrames _large;
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly WebSocket _server;
    private readonly WebSocket _client;
    private readonly FrameReader _reader;
    private int _evicted;

    public FrameReaderTests()
    {
        var (limits, telemetry) = (Options.Create(_limits), _services.GetRequiredService<GatewayTelemetry>());
        _unread = new UnreadBytes(limits, _time, telemetry);
        _large = new LargeFrames(limits, _time, telemetry);
        _server = WebSocket.CreateFromStream(new OneWay(_pipe.Reader.AsStream(), Stream.Null), new WebSocketCreationOptions { IsServer = true });
        _client = WebSocket.CreateFromStream(new OneWay(Stream.Null, _pipe.Writer.AsStream()), new WebSocketCreationOptions { IsServer = false });
        _reader = new FrameReader(_server, MaxBytes, _unread, _large, pace: null, _time, () => _evicted++);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
        _server.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task A_message_that_is_there_at_once_is_not_accounted_for()
    {
        await SendAsync(new byte[1000], end: true);
        Assert.Equal(FrameKind.Text, await _reader.ReadAsync(Token));
        Assert.Equal((1000, 0, null), (_reader.Frame.Length, _unread.Held, _reader.BegunAt));
        _reader.Release();
    }

    [Fact]
    public async Task One_that_is_not_whole_is_accounted_for_until_it_is_let_go_of()
    {
        await SendAsync(new byte[1000], end: false);
        var reading = _reader.ReadAsync(Token).AsTask();
        await Eventually.TrueAsync(() => _reader.BegunAt is not null);
        Assert.Equal(_time.GetTimestamp(), _reader.BegunAt);
        Assert.True(_unread.Held >= 1000);
        await SendAsync(new byte[500_000], end: true);
        Assert.Equal(FrameKind.Text, await reading);
        Assert.Equal(500_000 + 1000, _reader.Frame.Length);
        Assert.InRange(_unread.Held, 501_000, MaxBytes + 1);
        _reader.Release();
        Assert.Equal((0, null), (_unread.Held, _reader.BegunAt));
    }

    [Fact]
    public async Task A_large_one_is_accounted_for_before_its_memory_is_taken()
    {
        _limits.UnreadBytes = 100 * 1024;
        await SendAsync(new byte[500_000], end: true);
        Assert.Equal(FrameKind.Dropped, await _reader.ReadAsync(Token));
        Assert.Equal(1, _evicted);
    }

    [Fact]
    public async Task Fragments_of_nothing_count_as_a_message_that_has_begun()
    {
        for (var i = 0; i < 1000; i++)
        {
            await SendAsync([], end: false);
        }

        var reading = _reader.ReadAsync(Token).AsTask();
        await Eventually.TrueAsync(() => _reader.BegunAt is not null);
        await SendAsync(new byte[3], end: true);
        Assert.Equal(FrameKind.Text, await reading);
        Assert.Equal(3, _reader.Frame.Length);
    }

    [Fact]
    public async Task What_comes_of_a_message_that_is_dropped_takes_no_more_memory()
    {
        await SendAsync(new byte[1000], end: false);
        var reading = _reader.ReadAsync(Token).AsTask();
        await Eventually.TrueAsync(() => _reader.BegunAt is not null);
        var held = _unread.Held;
        _reader.Drop();
        await SendAsync(new byte[5 * MaxBytes], end: true);
        Assert.Equal(FrameKind.Dropped, await reading);
        Assert.Equal(held, _unread.Held);
    }

    [Fact]
    public async Task One_that_is_too_large_is_told_when_it_is()
    {
        await SendAsync(new byte[MaxBytes + 1], end: false);
        Assert.Equal(FrameKind.TooLarge, await _reader.ReadAsync(Token));
    }

    [Fact]
    public async Task A_large_one_waits_for_its_turn_and_that_time_is_not_its_own()
    {
        _limits.LargeFrameBytesPerSecond = 100_000;
        var started = _time.GetTimestamp();
        await _large.WaitAsync(300_000, Token);
        await SendAsync(new byte[40_000], end: true);
        var reading = _reader.ReadAsync(Token).AsTask();
        Assert.False(reading.IsCompleted);
        Assert.Null(_reader.BegunAt);
        Assert.True(_unread.Held > 0);

        // two seconds for what was read before, then at a time what its buffer grows by
        for (var i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(FrameKind.Text, await reading);
        Assert.Equal(40_000, _reader.Frame.Length);
        Assert.InRange(_reader.BegunAt!.Value, started + (2 * _time.TimestampFrequency), _time.GetTimestamp());
        _reader.Release();
        Assert.Equal(0, _unread.Held);
    }

    [Fact]
    public async Task A_message_and_each_small_fragment_before_its_last_count_for_the_pace()
    {
        FramePace pace = new(10, 1, _time, _services.GetRequiredService<GatewayTelemetry>());
        using FrameReader reader = new(_server, MaxBytes, _unread, _large, pace, _time, () => { });
        for (var i = 0; i < 6; i++)
        {
            await SendAsync(new byte[5], end: true);
            Assert.Equal(FrameKind.Text, await reader.ReadAsync(Token));
            reader.Release();
        }

        await SendAsync(new byte[5], end: false);
        await SendAsync(new byte[5], end: false);
        await SendAsync(new byte[5], end: true);
        Assert.Equal(FrameKind.Text, await reader.ReadAsync(Token));
        reader.Release();
        Assert.Equal(TimeSpan.Zero, pace.Pause());

        await SendAsync(new byte[5], end: true);
        Assert.Equal(FrameKind.Text, await reader.ReadAsync(Token));
        Assert.True(pace.Pause() > TimeSpan.Zero);
    }

    private ValueTask SendAsync(byte[] bytes, bool end) => _client.SendAsync(
        bytes.AsMemory(), WebSocketMessageType.Text, end ? WebSocketMessageFlags.EndOfMessage : WebSocketMessageFlags.None, Token);

    /// <summary>Reads from one stream and writes to another: what the server writes, such as pongs, goes nowhere here.</summary>
    private sealed class OneWay(Stream reads, Stream writes) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => reads.ReadAsync(buffer, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => reads.Read(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => writes.WriteAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => writes.Write(buffer, offset, count);

        public override Task FlushAsync(CancellationToken cancellationToken) => writes.FlushAsync(cancellationToken);

        public override void Flush() => writes.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
