namespace StreamChat.Client;

/// <summary>What a connection is doing.</summary>
public enum ConnectionState
{
    /// <summary>There is none, and none is tried.</summary>
    Closed,

    /// <summary>One is being made.</summary>
    Connecting,

    /// <summary>It is there.</summary>
    Open,

    /// <summary>It was lost, and the next try is waited for.</summary>
    Waiting,
}

/// <summary>A change of <see cref="ConnectionState"/>.</summary>
/// <param name="State">The state.</param>
/// <param name="Reason">
/// Of <see cref="ConnectionState.Waiting"/>: <c>lost</c>, <c>silent</c> (no sign of life), <c>gap</c> (events were missing), <c>token</c>.
/// Of <see cref="ConnectionState.Closed"/>: <c>idle</c> (the next request connects again), <c>policy</c>, <c>revoked</c>,
/// <c>unauthorized</c>, <c>forbidden</c>, <c>gave_up</c>; null when this client closed.
/// </param>
/// <param name="RetryIn">Of <see cref="ConnectionState.Waiting"/>: how long until the next try.</param>
public sealed record ConnectionStateChange(ConnectionState State, string? Reason = null, TimeSpan? RetryIn = null);
