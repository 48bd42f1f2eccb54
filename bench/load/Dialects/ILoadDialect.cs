using System.Text.Json;

namespace StreamChat.Load.Dialects;

/// <summary>One wire format, as far as a load needs it. Without state: one instance serves all connections.</summary>
internal interface ILoadDialect
{
    /// <summary>Where its sockets are when the command line names no path.</summary>
    string Path { get; }

    string? SubProtocol => null;

    /// <summary>Whether the server speaks first, which is waited for.</summary>
    bool IsWelcomed => true;

    /// <summary>What a client that only waits says now and then; empty where the dialect has no such frame.</summary>
    ReadOnlyMemory<byte> Ping { get; }

    /// <summary>The address of a user's socket.</summary>
    /// <param name="url">With a path.</param>
    /// <param name="user">Needs no escaping.</param>
    Uri Address(Uri url, string user)
    {
        var address = new UriBuilder(url);
        address.Query = address.Query.Length > 1 ? $"{address.Query}&user_id={user}" : $"user_id={user}";
        return address.Uri;
    }

    /// <summary>Writes the frame that asks for an answer, where the dialect can in a conversation of its own: history costs, too.</summary>
    void WriteRequest(Utf8JsonWriter json, string runId, string prompt);

    /// <summary>Reads one frame.</summary>
    /// <param name="utf8">The whole frame.</param>
    /// <param name="runId">Our run. Events of others count as <see cref="FrameKind.Other"/> where they can be told.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    LoadFrame Read(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> runId);
}
