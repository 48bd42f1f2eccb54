using System.ComponentModel.DataAnnotations;
using StreamChat.Gateway.Limits;
using StreamChat.Hosting.Http;

namespace StreamChat.Gateway;

/// <summary>Section <c>Limits</c>. 0 means none where a count or a time says so.</summary>
internal sealed class LimitsOptions : IValidatableObject
{
    public const string Section = "Limits";

    /// <summary><see cref="LargeFrameBytesPerSecond"/> for each processor, unless set.</summary>
    internal const int LargeFrameBytesPerProcessor = 2 * 1024 * 1024;

    /// <summary>Connections of this gateway; the next handshake gets 503 with <c>Retry-After</c>. 0 for none.</summary>
    [Range(0, int.MaxValue)]
    public int Connections { get; set; } = 50_000;

    /// <summary>
    /// Connections of one user on this gateway, in all dialects together; the next handshake gets 429 with <c>Retry-After</c>. 0 for
    /// none. A dialect may allow fewer.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int ConnectionsPerUser { get; set; } = 64;

    /// <summary>
    /// Connections of one address on this gateway, an IPv6 address being its first 64 bits; the next handshake gets 429 with
    /// <c>Retry-After</c>. 0 for none, since offices and schools share one. Unless set: 256 in mode <c>open</c> except for this
    /// machine's own addresses, none in mode <c>required</c>.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int? ConnectionsPerAddress { get; set; }

    /// <summary>
    /// Requests that one address may make at once, over sockets, handshakes and HTTP together; one more is answered with
    /// <c>rate_limited</c> or 429. 0 for any number. Unless set: 600 in mode <c>open</c> except for this machine's own addresses, none
    /// in mode <c>required</c>.
    /// </summary>
    [Range(0, 1_000_000)]
    public int? RequestsPerAddress { get; set; }

    /// <summary>How many of them come back in a second.</summary>
    [Range(0.01, 1_000_000)]
    public double RequestsPerAddressPerSecond { get; set; } = 100;

    /// <summary>
    /// A run counts as this many requests of its address, because a model, the store and the broker work for it. The bucket may go below
    /// zero for it.
    /// </summary>
    [Range(1, 1000)]
    public int RunCost { get; set; } = 5;

    /// <summary>
    /// Addresses (<c>10.0.0.5</c>) and networks (<c>10.0.0.0/8</c>) whose <c>X-Forwarded-For</c> is believed: edges and proxies in
    /// front of this gateway. This machine is always among them. Nobody else may be able to reach the gateway from there.
    /// </summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>
    /// Requests that a user may make at once, on all connections to this gateway together; someone without a name counts for each
    /// connection. One more is answered with <c>rate_limited</c>. 0 for any number.
    /// </summary>
    [Range(0, 1_000_000)]
    public int Requests { get; set; } = 60;

    /// <summary>How many of them come back in a second.</summary>
    [Range(0.01, 1_000_000)]
    public double RequestsPerSecond { get; set; } = 10;

    /// <summary>
    /// A request that names a run or a room that does not exist counts as this many requests, of its user and of its address, because it
    /// costs a question over the bus. The bucket may go below zero for it.
    /// </summary>
    [Range(1, 1000)]
    public int UnknownCost { get; set; } = 5;

    /// <summary>
    /// Frames, pings included, that one connection may send at once before it is read more slowly. Nothing is rejected: the rest waits in
    /// the network. 0 for any number.
    /// </summary>
    [Range(0, 1_000_000)]
    public int Frames { get; set; } = 128;

    /// <summary>How many frames of one connection are read in a second in the long run.</summary>
    [Range(1, 1_000_000)]
    public double FramesPerSecond { get; set; } = 50;

    /// <summary>
    /// What this process reads in a second of the parts of messages beyond their first 16 KiB, in bytes, over all connections; more waits
    /// in the network. 0 for any amount. Unless set: 2 MiB for each processor.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int? LargeFrameBytesPerSecond { get; set; }

    /// <summary>The same with its default, which depends on the machine.</summary>
    internal double LargeFrameRate => LargeFrameBytesPerSecond ?? ((double)LargeFrameBytesPerProcessor * Environment.ProcessorCount);

    /// <summary>The largest frame a client may send, in bytes; a larger one closes with 1009.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int Frame { get; set; } = 1024 * 1024;

    /// <summary>The same for a client without a name; never more than <see cref="Frame"/>.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int AnonymousFrame { get; set; } = 64 * 1024;

    /// <summary>How long a message may take from its first bytes to its last; one that takes longer closes with 1008. 0 for any time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan FrameTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// What messages that have begun and are not whole may hold in this process, in bytes. At the limit the connections that have held
    /// the most for the longest are closed with 1013.
    /// </summary>
    [Range(64 * 1024, int.MaxValue)]
    public int UnreadBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// The most bytes of clients' requests that this process holds until the broker has confirmed their messages: the frame and 1 KiB
    /// each. One more is answered with <c>busy</c>. A client with nothing waiting gets a small request through up to twice that.
    /// </summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int PublishBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The same for one user, or one connection without a name; a single request of any size is let through.</summary>
    [Range(16 * 1024, 1024 * 1024 * 1024)]
    public int PublishBytesPerUser { get; set; } = 2 * 1024 * 1024;

    /// <summary>How old answers about the whole cluster may be: <c>/status</c>, <c>/connections</c>, <c>/rooms</c> and their like. 0 to ask each time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan StatusAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The most text in one request, in Unicode scalar values; more is answered with <c>too_large</c>.</summary>
    [Range(1, int.MaxValue)]
    public int MessageCharacters { get; set; } = 100_000;

    /// <summary>How deep the JSON of a frame may nest.</summary>
    [Range(8, 1000)]
    public int JsonDepth { get; set; } = 64;

    /// <summary>The bad frame in a row that gets its error and then close 1008. 0 for none.</summary>
    [Range(0, int.MaxValue)]
    public int BadFrames { get; set; } = 20;

    /// <summary>Runs that one connection may have in flight; one more is answered with <c>busy</c>.</summary>
    [Range(1, 10_000)]
    public int RunsPerConnection { get; set; } = 8;

    /// <summary>Runs that one connection may see without having asked for them there; more are not shown to it.</summary>
    [Range(1, 10_000)]
    public int RunsViewed { get; set; } = 64;

    /// <summary>Threads and rooms that one connection may have joined at once; one more is answered with <c>busy</c>.</summary>
    [Range(1, 10_000)]
    public int ThreadsPerConnection { get; set; } = 32;

    /// <summary>How often this gateway tells that its connections are still in their rooms; well below the worker's <c>Limits:Rooms:MemberLease</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan RoomRenewal { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long comings and goings in rooms gather before the members here are told who is there.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan PresenceDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many users are named when the members of a room are told who is there; all are counted.</summary>
    [Range(1, 1000)]
    public int PresenceUsers { get; set; } = 100;

    /// <summary>How long a run that nobody knows (any more, or yet) is asked for again before an attach is answered with <c>not_found</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan AttachPatience { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Runs that one user's connections to this gateway may have in flight or waiting; one more is answered with <c>busy</c>. 0 for
    /// none.
    /// </summary>
    [Range(0, 1_000_000)]
    public int RunsPerUser { get; set; }

    /// <summary>
    /// Runs that this gateway may have in flight; one more is answered with <c>busy</c>. 0 for none. The in-memory bus queues
    /// without a bound, so the standalone server sets one.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int RunsInFlight { get; set; }

    /// <summary>Requests of one connection that may wait their turn, in protocols that serve them one after the other; one more is refused.</summary>
    [Range(0, 1000)]
    public int PendingRequests { get; set; } = 8;

    /// <summary>How long a tool that a client calls itself may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ToolCall { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Tools that one user's connections to this gateway may be calling themselves at the same time; one more is answered with
    /// <c>busy</c>. Someone without a name counts for each connection. 0 for any number.
    /// </summary>
    [Range(0, 1_000_000)]
    public int ToolCallsPerUser { get; set; } = 8;

    /// <summary>The largest arguments of a tool that a client calls itself, in bytes of UTF-8 JSON; larger ones are answered with <c>too_large</c>.</summary>
    [Range(256, 16 * 1024 * 1024)]
    public int ToolArguments { get; set; } = 64 * 1024;

    /// <summary>How long "cancel everything" waits for the word that all has stopped before it says so by itself.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan CancelTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What may wait to be sent to one connection, in bytes. Past it the connection is closed with 1013 when it has got that.</summary>
    [Range(4 * 1024, 64 * 1024 * 1024)]
    public int OutboundBytes { get; set; } = 1024 * 1024;

    /// <summary>What may wait, in bytes, once the client reads too slowly; as much again may be on its way.</summary>
    [Range(4 * 1024, 64 * 1024 * 1024)]
    public int StalledBytes { get; set; } = 128 * 1024;

    /// <summary>A client reads too slowly when what was sent to it has not been taken for this long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan StalledAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>From this much waiting on, text deltas of one run are merged before they are sent.</summary>
    [Range(1, 64 * 1024 * 1024)]
    public int MergeBytes { get; set; } = 16 * 1024;

    /// <summary>A connection with no frame from its client and no run for this long is closed with 1000. 0 for never.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan Idle { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the server sends a protocol ping. 0 for never.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection that has not answered a ping for this long is dropped.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan HeartbeatTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>In protocols with ping frames: how long a client that has answered one may leave them unanswered before it is closed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PongTimeout { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>How long a closing connection may take to send what waits and to say goodbye.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Close { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How clients are sent away when this process stops.</summary>
    public DrainLimits Drain { get; } = new();

    /// <summary>What is different for AuraWell.</summary>
    public AuraWellLimits AuraWell { get; } = new();

    /// <summary>What is different for the agent engine.</summary>
    public AgentEngineLimits AgentEngine { get; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
    [
        .. TrustedNetworks.Problems(TrustedProxies, nameof(TrustedProxies)),
        .. UnreadBytes <= Frame ? [new ValidationResult($"must be more than {nameof(Frame)}", [nameof(UnreadBytes)])] : Array.Empty<ValidationResult>(),
        .. Problems(Drain, nameof(Drain)),
        .. Problems(AuraWell, nameof(AuraWell)),
        .. Problems(AgentEngine, nameof(AgentEngine)),
    ];

    private static IEnumerable<ValidationResult> Problems(object part, string key)
    {
        List<ValidationResult> results = [];
        Validator.TryValidateObject(part, new ValidationContext(part), results, validateAllProperties: true);
        return results.Select(r => new ValidationResult(r.ErrorMessage, r.MemberNames.Select(m => $"{key}:{m}")));
    }
}
