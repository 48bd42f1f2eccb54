namespace StreamChat.Abuse.Clients;

/// <summary>One way to behave badly.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Description">What such a client does.</param>
/// <param name="Pause">How long it waits between two rounds. Fixed, so that a faster server is not asked more.</param>
/// <param name="RoundAsync">One round. It may throw what a broken connection throws.</param>
internal sealed record BadClientKind(
    string Name, string Description, TimeSpan Pause, Func<BadClientContext, CancellationToken, Task> RoundAsync)
{
    /// <summary>All kinds.</summary>
    public static IReadOnlyList<BadClientKind> All { get; } =
    [
        new("slow-handshake", "a handshake with a byte per 0.5 s", TimeSpan.FromSeconds(1), SlowBytes.HandshakeAsync),
        new("slow-body", "a body with a byte per second", TimeSpan.FromSeconds(1), SlowBytes.BodyAsync),
        new("bare-tcp", "a connection that sends nothing", TimeSpan.FromSeconds(1), SlowBytes.NothingAsync),
        new("header-bytes", "requests with header bytes above 0x7F", TimeSpan.FromMilliseconds(200), HttpAbuse.HeaderBytesAsync),
        new("status", "GET /status", TimeSpan.FromMilliseconds(200), HttpAbuse.StatusAsync),
        new("bad-frames", "30 bad frames", TimeSpan.FromSeconds(1), FrameAbuse.BadFramesAsync),
        new("pings", "10,000 pings", TimeSpan.FromSeconds(10), FrameAbuse.PingsAsync),
        new("half-frames", "a frame of 1 MB but for its last byte", TimeSpan.FromSeconds(1), FrameAbuse.HalfFrameAsync),
        new("large-frames", "a frame of 2 MB", TimeSpan.FromSeconds(2), FrameAbuse.LargeFrameAsync),
        new("connect-cut", "connects and resets the connection", TimeSpan.FromMilliseconds(500), ConnectAndCut.RoundAsync),
        new("never-read", "asks for 60 runs of 50 KB and reads nothing", TimeSpan.FromSeconds(1), RequestAbuse.NeverReadAsync),
        new("requests", "join, cancel, attach and tool_result at random, 60 at once and 10 a second", TimeSpan.FromSeconds(1), RequestAbuse.RandomAsync),
    ];

    /// <summary>The kind of a name, or null.</summary>
    public static BadClientKind? Find(string name) => All.FirstOrDefault(k => k.Name == name);
}
