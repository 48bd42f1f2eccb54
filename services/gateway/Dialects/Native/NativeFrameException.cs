using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.Native;

/// <summary>A frame is wrong; its fault is the answer.</summary>
internal sealed class NativeFrameException(Fault fault) : Exception(fault.Message)
{
    public Fault Fault => fault;

    public static NativeFrameException Invalid(string message, Guid? runId) => new(new Fault(FaultCodes.InvalidFrame, message, RunId: runId));
}
