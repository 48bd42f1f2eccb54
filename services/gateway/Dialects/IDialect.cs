using System.Buffers;

namespace StreamChat.Gateway.Dialects;

/// <summary>
/// One protocol that clients speak. A dialect turns frames into requests and server events into frames, and is the only place
/// that knows a wire format. It does no I/O and has no clock, so that it can be tested from recorded traces.
/// </summary>
internal interface IDialect
{
    /// <summary>Its name in telemetry.</summary>
    string Name { get; }

    /// <summary>The WebSocket subprotocol, or null when the protocol has none.</summary>
    string? SubProtocol { get; }

    /// <summary>What one connection needs: a protocol may have state, for example the text so far where frames are cumulative.</summary>
    IDialectSession NewSession();
}

/// <summary>A dialect on one connection.</summary>
internal interface IDialectSession
{
    /// <summary>Reads one text frame, valid UTF-8. Never throws: a bad frame is an <see cref="InvalidFrame"/>.</summary>
    ClientFrame Parse(ReadOnlyMemory<byte> frame);

    /// <summary>The error for a binary frame.</summary>
    Fault BinaryFault { get; }

    /// <summary>Writes an event as one frame.</summary>
    /// <returns>False when the protocol has no word for it; nothing was written then.</returns>
    bool Encode(ServerEvent serverEvent, IBufferWriter<byte> output);
}
