using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests;

/// <summary>One request on its way through the pipeline.</summary>
internal sealed class RequestContext(IClientConnection connection, ClientFrame frame, CancellationToken ended)
{
    private readonly CancellationToken _ended = ended;

    public IClientConnection Connection => connection;

    public ClientFrame Frame => frame;

    /// <summary>Fires when the connection has ended or its client has cancelled everything.</summary>
    public CancellationToken Stopping { get; set; } = ended;

    /// <summary>True when the client has cancelled everything; nothing is said about the request any more.</summary>
    public bool IsCancelled => Stopping.IsCancellationRequested && !_ended.IsCancellationRequested;

    /// <summary>How it went, for logs and metrics: <c>ok</c> or a member of <see cref="FaultCodes"/>.</summary>
    public string Outcome { get; private set; } = "ok";

    /// <summary>Tells the client that its request cannot be served.</summary>
    public void Refuse(string code, string message, bool retryable = false) =>
        Refuse(new Fault(code, message, retryable, (frame as RunRequest)?.RunId) { Request = frame });

    /// <inheritdoc cref="Refuse(string, string, bool)"/>
    public void Refuse(Fault fault)
    {
        Outcome = fault.Code;
        if (!IsCancelled)
        {
            connection.Send(fault);
        }
    }
}

/// <summary>The rest of the pipeline.</summary>
internal delegate ValueTask RequestStep(RequestContext context);
