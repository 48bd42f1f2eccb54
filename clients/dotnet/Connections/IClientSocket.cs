namespace StreamChat.Client.Connections;

/// <summary>One WebSocket, as far as it is used; a test gives its own.</summary>
internal interface IClientSocket : IDisposable
{
    /// <summary>How the server closed, once it has.</summary>
    int? CloseCode { get; }

    /// <summary>Makes the handshake.</summary>
    /// <exception cref="HandshakeException">The server does not let this client in.</exception>
    Task ConnectAsync(Uri address, string? token, CancellationToken cancellationToken);

    /// <summary>Sends a text frame. One at a time.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken);

    /// <summary>The next frame, good until the next call; null when the server has closed.</summary>
    ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Says goodbye.</summary>
    Task CloseAsync(CancellationToken cancellationToken);
}

/// <summary>The server does not let this client in.</summary>
/// <param name="status">The status of HTTP; 0 when it was not reached.</param>
/// <param name="retryAfter">When to come back, if it said so.</param>
/// <param name="inner">What the socket says.</param>
internal sealed class HandshakeException(int status, TimeSpan? retryAfter, Exception inner) : Exception(inner.Message, inner)
{
    public int Status => status;

    public TimeSpan? RetryAfter => retryAfter;
}
