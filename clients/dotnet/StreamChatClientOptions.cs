using System.Security.Cryptography;

namespace StreamChat.Client;

/// <summary>How a <see cref="StreamChatClient"/> behaves. Every property has a default.</summary>
public sealed record StreamChatClientOptions
{
    /// <summary>Who this is, where the server wants no token.</summary>
    public string? UserId { get; init; }

    /// <summary>
    /// Gets an access token: asked at every connection, in time before the old one expires, and after the server has closed for its
    /// expiry. Null where none is needed.
    /// </summary>
    public Func<CancellationToken, ValueTask<AccessToken>>? Token { get; init; }

    /// <summary>Bound of the first pause before coming back; doubles with every failure. Every pause is anything below its bound.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The same when the server has closed with 1013.</summary>
    public TimeSpan BusyDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The most that a pause lasts.</summary>
    public TimeSpan MostDelay { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a connection may take until it is welcomed.</summary>
    public TimeSpan WelcomeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence during a run after which the server is pinged; without a run it is the server's heartbeat.</summary>
    public TimeSpan QuietTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the answer to a ping may take before the connection counts as dead.</summary>
    public TimeSpan PongTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long events that are missing may take before the connection is made anew.</summary>
    public TimeSpan GapTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to try to come back before everything ends; null for as long as it takes.</summary>
    public TimeSpan? GiveUpAfter { get; init; }

    /// <summary>How long refusals of what concerns an accepted run are met with another try.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a cancel may be without effect before it is said again.</summary>
    public TimeSpan CancelInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How much may wait for a reader of a run, in bytes, before neighbouring pieces of text are merged.</summary>
    public int BufferBytes { get; init; } = 1 << 20;

    /// <summary>The most runs that are followed at once, and that wait for a reader of a room.</summary>
    public int MaxRuns { get; init; } = 256;

    /// <summary>The largest frame that is taken from a server; one that is larger breaks the connection.</summary>
    public int MaxFrameBytes { get; init; } = 1 << 24;

    /// <summary>How often a request that was refused as retryable is sent again by itself, under the same id.</summary>
    public int RetryRefused { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Chance, from 0 to 1.</summary>
    public Func<double> Random { get; init; } = () => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;

    /// <summary>Makes the handshakes; null for one of the client's own.</summary>
    public HttpMessageInvoker? Http { get; init; }
}

/// <summary>An access token.</summary>
/// <param name="Value">The token itself.</param>
/// <param name="ExpiresAt">Until when it is good, if that is known.</param>
public readonly record struct AccessToken(string Value, DateTimeOffset? ExpiresAt = null);
