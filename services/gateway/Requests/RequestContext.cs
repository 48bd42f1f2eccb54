using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Limits;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests;

/// <summary>One request on its way through the pipeline.</summary>
internal sealed class RequestContext(IClientConnection connection, ClientFrame frame, CancellationToken ended)
{
    private readonly CancellationToken _ended = ended;

    public IClientConnection Connection => connection;

    public ClientFrame Frame { get; private set; } = frame;

    /// <summary>How large it was as the client sent it, in bytes; 0 when it came of no frame.</summary>
    public int Bytes { get; init; }

    /// <summary>Its share of the bytes that wait for the broker; released when the request has been served, if not before.</summary>
    public PendingPublishes.Share? Publishing { get; set; }

    /// <summary>Whether it cost a question and found nothing, so that it counts as several requests.</summary>
    public bool FoundNothing { get; set; }

    /// <summary>Fires when the connection has ended or its client has cancelled everything.</summary>
    public CancellationToken Stopping { get; set; } = ended;

    /// <summary>True when the client has cancelled everything; nothing is said about the request any more.</summary>
    public bool IsCancelled => Stopping.IsCancellationRequested && !_ended.IsCancellationRequested;

    /// <summary>How it went, for logs and metrics: <c>ok</c> or a member of <see cref="FaultCodes"/>.</summary>
    public string Outcome { get; private set; } = "ok";

    /// <summary>
    /// The broker has confirmed the request: it no longer counts as waiting, and its content is released, since the run may take
    /// minutes.
    /// </summary>
    public void Published()
    {
        Publishing?.Dispose();
        Frame = (Frame as RunRequest)?.WithoutContent() ?? Frame;
    }

    /// <summary>Tells the client that its request cannot be served.</summary>
    public void Refuse(string code, string message, bool retryable = false) =>
        Refuse(new Fault(code, message, retryable, (Frame as RunRequest)?.RunId) { Request = Frame });

    /// <inheritdoc cref="Refuse(string, string, bool)"/>
    public void Refuse(Fault fault)
    {
        Outcome = fault.Code;
        FoundNothing |= fault.Code == FaultCodes.NotFound;
        if (!IsCancelled)
        {
            connection.Send(fault);
        }
    }
}

/// <summary>The rest of the pipeline.</summary>
internal delegate ValueTask RequestStep(RequestContext context);
