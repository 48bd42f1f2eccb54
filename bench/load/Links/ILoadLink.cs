namespace StreamChat.Load.Links;

/// <summary>One user's way to the server, by one kind of client.</summary>
internal interface ILoadLink : IAsyncDisposable
{
    /// <summary>Whether runs can be asked for.</summary>
    bool IsOpen { get; }

    /// <summary>Opens it and waits until the server is ready, where it says so.</summary>
    /// <exception cref="System.Net.WebSockets.WebSocketException">It cannot be opened.</exception>
    /// <exception cref="IOException">The server refuses it.</exception>
    Task ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Asks for a run and follows it to its end. Never throws for what the server does.</summary>
    /// <returns>Why it broke off; null when the run came to an end, a good one or a bad one.</returns>
    Task<string?> FollowAsync(LoadTurn turn, string prompt, CancellationToken cancellationToken);

    /// <summary>Only waits, as most connections do.</summary>
    /// <returns>Whether the server let go of it.</returns>
    Task<bool> WaitAsync(CancellationToken cancellationToken);

    /// <summary>Shows that it is there.</summary>
    ValueTask PingAsync(CancellationToken cancellationToken);

    /// <summary>Says goodbye.</summary>
    Task CloseAsync(CancellationToken cancellationToken);
}
