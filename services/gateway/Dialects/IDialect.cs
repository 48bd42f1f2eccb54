using System.Buffers;
using System.Net;
using StreamChat.Gateway.Limits;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Dialects;

/// <summary>
/// One protocol that clients speak. A dialect turns frames into requests and server events into frames, and is the only place
/// that knows a wire format. It does no I/O and has no clock, so that it can be tested from recorded traces.
/// </summary>
internal interface IDialect
{
    /// <summary>Its name in telemetry, limits and thread ids; lower case.</summary>
    string Name { get; }

    /// <summary>The dialects that share its path; for all but a shared path, itself. Each can be switched off by its own name.</summary>
    IReadOnlyList<IDialect> Parts => [this];

    /// <summary>The WebSocket subprotocol, or null when the protocol has none.</summary>
    string? SubProtocol => null;

    /// <summary>Where a handshake says whose it is.</summary>
    UserIdSource UserId => UserIdSource.OptionalQuery;

    /// <summary>How many connections there may be in it.</summary>
    ConnectionLimits Connections => default;

    /// <summary>
    /// True when frames carry no request id, so that answers could not be told apart: a second request then waits its turn.
    /// </summary>
    bool OneAtATime => true;

    /// <summary>How text reaches the client.</summary>
    TextPacing Pacing => TextPacing.AtOnce;

    /// <summary>After how much silence of a new client the session is told <see cref="StillQuiet"/>; null for never.</summary>
    TimeSpan? QuietAfter => null;

    /// <summary>True when it has pings of its own as frames: the session is then told <see cref="HeartbeatDue"/> from time to time.</summary>
    bool HasHeartbeat => false;

    /// <summary>True when it has a frame for an <see cref="Announcement"/>.</summary>
    bool TakesBroadcasts => false;

    /// <summary>True when it has a frame for <see cref="Presence"/>.</summary>
    bool ShowsPresence => false;

    /// <summary>When an unused connection is closed.</summary>
    IdleRule Idle => IdleRule.Never;

    /// <summary>How long a client that has answered a ping frame before may leave them unanswered; null for ever.</summary>
    TimeSpan? PongTimeout => null;

    /// <summary>
    /// The kinds of message that it reads, each with the request that comes of it: what <c>GET /ws/handlers</c> lists. Empty for a
    /// protocol without types.
    /// </summary>
    IReadOnlyDictionary<string, Type> MessageTypes { get; }

    /// <summary>What one connection needs: a protocol may have state, for example the text so far where frames are cumulative.</summary>
    IDialectSession NewSession(SessionStart start);
}

/// <summary>A dialect on one connection. Called by one thread at a time for <see cref="Parse"/> and by one for <see cref="Encode"/>.</summary>
internal interface IDialectSession
{
    /// <summary>The dialect that the client turned out to speak, where a path serves several; null for the path's own.</summary>
    IDialect? Recognised => null;

    /// <summary>Reads one text frame, valid UTF-8. Never throws: a bad frame is an <see cref="InvalidFrame"/>.</summary>
    ClientFrame Parse(ReadOnlyMemory<byte> frame);

    /// <summary>The member of the user's family that the connection speaks for now; null in a protocol without members. Read by any thread.</summary>
    string? MemberId => null;

    /// <summary>What the connection asks by being opened, before any frame comes; null for nothing.</summary>
    ClientFrame? Opening => null;

    /// <summary>The error for a binary frame.</summary>
    Fault BinaryFault { get; }

    /// <summary>Writes an event as frames: none when the protocol has no word for it, one, or several. Never throws.</summary>
    /// <param name="serverEvent">What there is to say.</param>
    /// <param name="now">The time, for protocols that stamp their frames.</param>
    /// <param name="output">Where to; each frame is ended by <see cref="IFrameOutput.EndFrame"/>.</param>
    void Encode(ServerEvent serverEvent, DateTimeOffset now, IFrameOutput output);

    /// <summary>
    /// Writes a piece of a run's text as frames. Comes with every token: a session that overrides it saves the making of a
    /// <see cref="RunOutput"/>. Never throws.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="now">The time.</param>
    /// <param name="output">Where to.</param>
    void EncodeText(in RunText text, DateTimeOffset now, IFrameOutput output) => Encode(new RunOutput(text.RunId, text.Attempt, text.ToEvent()), now, output);
}

/// <summary>Takes frames one after the other.</summary>
internal interface IFrameOutput : IBufferWriter<byte>
{
    /// <summary>What was written since the last call is one frame.</summary>
    void EndFrame();

    /// <summary>
    /// What was written since the last call is one frame that says all that the one before it said, if that is a snapshot of the
    /// same thing: while the socket is behind, only the newest waits.
    /// </summary>
    /// <param name="of">What it shows, for example a run.</param>
    void EndSnapshot(Guid of);
}

/// <summary>What a session knows of its connection from the start.</summary>
/// <param name="ConnectionId">The connection, <c>{gatewayId}.{n}</c>.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Parameters">The query of the handshake; the last value of each name. Holds no credential.</param>
/// <param name="Ids">For protocols whose frames have ids.</param>
internal sealed record SessionStart(string ConnectionId, string UserId, IReadOnlyDictionary<string, string> Parameters, IIdGenerator Ids)
{
    /// <summary>When it was accepted.</summary>
    public DateTimeOffset OpenedAt { get; init; }

    /// <summary>The client's network address; null when it is not known.</summary>
    public IPAddress? Address { get; init; }
}

/// <summary>Where a handshake says whose it is.</summary>
internal enum UserIdSource
{
    /// <summary>Query parameter <c>user_id</c>, refused without.</summary>
    RequiredQuery,

    /// <summary>The part of the path called <c>user_id</c>, refused without.</summary>
    Path,

    /// <summary>Query parameter <c>user_id</c>; without it everybody is the same anonymous user.</summary>
    OptionalQuery,
}

/// <summary>When an unused connection is closed.</summary>
/// <param name="After">After how long; zero for never.</param>
/// <param name="AnyFrame">True when any frame of the client counts as use, false when only requests and answers to pings do.</param>
internal readonly record struct IdleRule(TimeSpan After, bool AnyFrame)
{
    /// <summary>A connection lives as long as its network connection does.</summary>
    public static readonly IdleRule Never;
}

/// <summary>How text deltas become frames.</summary>
/// <param name="Late">Encoded only when the socket is ready for more, so that what came meanwhile is one frame.</param>
/// <param name="Gather">How long small deltas may wait for each other after the first; zero for not at all.</param>
/// <param name="BytesPerSecond">What a connection may be sent of text while more of it comes, zero for any: after a large frame the next one waits longer.</param>
internal readonly record struct TextPacing(bool Late, TimeSpan Gather, int BytesPerSecond = 0)
{
    /// <summary>Each delta its own frame while the client keeps up.</summary>
    public static readonly TextPacing AtOnce = new(Late: false, TimeSpan.Zero);
}
