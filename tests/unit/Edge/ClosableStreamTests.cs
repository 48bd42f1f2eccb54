using StreamChat.Edge.Sockets;

namespace StreamChat.UnitTests.Edge;

/// <summary>An edge that stops says goodbye between two frames of a gateway, never within one.</summary>
public sealed class ClosableStreamTests
{
    private static readonly byte[] Goodbye = [0x88, 17, 0x03, 0xF4, .. "Server restarts"u8];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int> Lengths => [0, 1, 125, 126, 127, 65_535, 65_536, 100_000];

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Frames_pass_as_they_are_however_they_are_cut(int length)
    {
        byte[] said = [.. Frame(length), .. Frame(3), .. Frame(length)];
        using var client = new MemoryStream();
        await using var stream = new ClosableStream(client);
        foreach (var piece in said.Chunk(7))
        {
            await stream.WriteAsync(piece, Token);
        }

        Assert.Equal(said, client.ToArray());
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task A_frame_that_is_under_way_is_finished_and_nothing_comes_after_the_goodbye(int length)
    {
        var frame = Frame(length);
        for (var cut = 1; cut < frame.Length; cut += Math.Max(1, frame.Length / 9))
        {
            using var client = new MemoryStream();
            await using var stream = new ClosableStream(client);
            await stream.WriteAsync(frame.AsMemory(0, cut), Token);

            await stream.CloseAsync(Token);
            Assert.Equal(cut, client.Length);

            await stream.WriteAsync(new byte[][] { frame[cut..], Frame(5) }.SelectMany(b => b).ToArray(), Token);
            await stream.WriteAsync(Frame(6), Token);
            Assert.Equal([.. frame, .. Goodbye], client.ToArray());
        }
    }

    [Fact]
    public async Task Between_two_frames_it_says_goodbye_at_once_and_once()
    {
        using var client = new MemoryStream();
        await using var stream = new ClosableStream(client);
        await stream.WriteAsync(Frame(10), Token);
        await stream.CloseAsync(Token);
        await stream.CloseAsync(Token);
        Assert.Equal([.. Frame(10), .. Goodbye], client.ToArray());
    }

    [Fact]
    public async Task A_gateway_that_has_said_goodbye_has_the_last_word()
    {
        byte[] close = [0x88, 2, 0x03, 0xE8];
        using var client = new MemoryStream();
        await using var stream = new ClosableStream(client);
        await stream.WriteAsync(close.AsMemory(0, 3), Token);
        await stream.CloseAsync(Token);
        await stream.WriteAsync(close.AsMemory(3), Token);
        await stream.CloseAsync(Token);
        Assert.Equal(close, client.ToArray());
    }

    // from a server: final, text, unmasked
    private static byte[] Frame(int length) =>
    [
        0x81,
        .. length switch
        {
            < 126 => new[] { (byte)length },
            < 65_536 => [126, (byte)(length >> 8), (byte)length],
            _ => [127, 0, 0, 0, 0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length],
        },
        .. Enumerable.Range(0, length).Select(i => (byte)i),
    ];
}
