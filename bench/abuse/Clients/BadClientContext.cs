using System.Globalization;
using System.Net;
using StreamChat.Abuse.Network;

namespace StreamChat.Abuse.Clients;

/// <summary>What one bad client knows: where the server is, what it calls itself, and whom to report to.</summary>
/// <param name="server">Base address.</param>
/// <param name="address">The address that it connects from.</param>
/// <param name="name">Begins each of its user ids.</param>
/// <param name="random">Its choices.</param>
/// <param name="tally">Counts what became of its attempts.</param>
internal sealed class BadClientContext(Uri server, IPAddress address, string name, Random random, Action<string> tally)
{
    private int _users;

    /// <summary>Base address.</summary>
    public Uri Server => server;

    /// <summary>Its choices.</summary>
    public Random Random => random;

    /// <summary>A user id that nobody has had before: names cost nothing in mode <c>open</c>.</summary>
    public string NewUser() => string.Create(CultureInfo.InvariantCulture, $"{name}-{_users++}");

    /// <summary>The path of the native protocol's socket, for a new user.</summary>
    public string NativePath() => $"/ws/v1?user_id={NewUser()}";

    /// <summary>Counts an outcome, for example <c>close 1008</c>.</summary>
    public void Count(string outcome) => tally(outcome);

    /// <summary>A TCP connection.</summary>
    public Task<RawClient> ConnectAsync(CancellationToken cancellationToken, int receiveBuffer = 0) =>
        RawClient.ConnectAsync(address, server, cancellationToken, receiveBuffer);

    /// <summary>A WebSocket of the native protocol; counts the refusal and returns null when the server does not open it.</summary>
    public async Task<RawClient?> OpenAsync(CancellationToken cancellationToken, int receiveBuffer = 0, string? path = null)
    {
        var client = await ConnectAsync(cancellationToken, receiveBuffer);
        try
        {
            var status = await client.OpenAsync(server, path ?? NativePath(), cancellationToken);
            if (status == 101)
            {
                return client;
            }

            Count(string.Create(CultureInfo.InvariantCulture, $"handshake {status}"));
            client.Dispose();
            return null;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Reads until the server closes and counts how it did.</summary>
    public async Task CountCloseAsync(RawClient client, CancellationToken cancellationToken) =>
        Count(await client.ReadToCloseAsync(cancellationToken) is { } code ? string.Create(CultureInfo.InvariantCulture, $"close {code}") : "cut");
}
