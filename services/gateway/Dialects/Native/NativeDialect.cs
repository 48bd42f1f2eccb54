using System.Buffers;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.Native;

/// <summary>The project's own protocol, <c>streamchat.v1</c>: docs/protocols/native.md.</summary>
internal sealed class NativeDialect(IOptions<LimitsOptions> limits) : IDialect, IDialectSession
{
    private readonly NativeFrameParser _parser = new(limits.Value.JsonDepth, limits.Value.MessageCharacters);

    public string Name => "native";

    public string SubProtocol => "streamchat.v1";

    public Fault BinaryFault { get; } = new(FaultCodes.InvalidFrame, "Frames are JSON text; binary frames are not understood.");

    // the protocol has no state, so all connections share one session
    public IDialectSession NewSession() => this;

    public ClientFrame Parse(ReadOnlyMemory<byte> frame) => _parser.Parse(frame);

    public bool Encode(ServerEvent serverEvent, IBufferWriter<byte> output)
    {
        NativeFrameWriter.Write(serverEvent, output);
        return true;
    }
}
