using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.Native;

/// <summary>The project's own protocol, <c>streamchat.v1</c>: docs/protocols/native.md.</summary>
internal sealed class NativeDialect(IOptions<LimitsOptions> limits, MessageExtensions extensions) : IDialect, IDialectSession
{
    public const string DialectName = "native";

    private readonly NativeFrameParser _parser = new(limits.Value.JsonDepth, limits.Value.MessageCharacters, extensions);

    public string Name => DialectName;

    public string SubProtocol => "streamchat.v1";

    public UserIdSource UserId => UserIdSource.RequiredQuery;

    public bool OneAtATime => false;

    public bool ShowsPresence => true;

    public bool TakesBroadcasts => true;

    public IdleRule Idle { get; } = new(limits.Value.Idle, AnyFrame: true);

    public IReadOnlyDictionary<string, Type> MessageTypes { get; } = new Dictionary<string, Type>
    {
        ["run"] = typeof(RunRequest),
        ["cancel"] = typeof(CancelRequest),
        ["attach"] = typeof(AttachRequest),
        ["tool_result"] = typeof(ToolResultRequest),
        ["join"] = typeof(JoinRequest),
        ["leave"] = typeof(LeaveRequest),
        ["auth"] = typeof(AuthRequest),
        ["ping"] = typeof(PingRequest),
    }.ToFrozenDictionary();

    public Fault BinaryFault { get; } = new(FaultCodes.InvalidFrame, "Frames are JSON text; binary frames are not understood.");

    // the protocol has no state, so all connections share one session
    public IDialectSession NewSession(SessionStart start) => this;

    public ClientFrame Parse(ReadOnlyMemory<byte> frame) => _parser.Parse(frame);

    public void Encode(ServerEvent serverEvent, DateTimeOffset now, IFrameOutput output) => NativeFrameWriter.Write(serverEvent, now, output);

    public void EncodeText(in RunText text, DateTimeOffset now, IFrameOutput output) => NativeFrameWriter.Write(text, output);
}
