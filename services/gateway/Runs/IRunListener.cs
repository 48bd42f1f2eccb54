using System.Diagnostics;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Rooms;

namespace StreamChat.Gateway.Runs;

/// <summary>A connection as runs see it. Nothing here waits.</summary>
internal interface IRunListener
{
    /// <summary>The connection, <c>{gatewayId}.{n}</c>.</summary>
    string Id { get; }

    /// <summary>Whose it is.</summary>
    string UserId { get; }

    /// <summary>The span of its handshake.</summary>
    ActivityContext Handshake { get; }

    /// <summary>The runs it sees.</summary>
    ConnectionRuns Runs { get; }

    /// <summary>The threads all of whose runs it sees.</summary>
    ConnectionThreads Threads { get; }

    /// <summary>
    /// Whether it takes what runs say. When not, its client is behind: what is said is left out, and asked for again from where it is
    /// when <see cref="IsDrained"/>.
    /// </summary>
    bool HasRoom { get; }

    /// <summary>Whether most of what waited has been taken by the client.</summary>
    bool IsDrained { get; }

    /// <summary>The connection sees a run from now on; the first word on it.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="threadId">Its conversation.</param>
    /// <param name="roomId">The room it belongs to, or null.</param>
    /// <param name="tag"><see cref="RunInput.Tag"/> of what this connection asked; null when it did not ask.</param>
    void OnOpened(Guid runId, string threadId, string? roomId, object? tag);

    /// <summary>The broker has confirmed the request.</summary>
    void OnAccepted(Guid runId, string threadId, string? traceId);

    /// <summary>A run says a piece of text; in order with all else it says, each once.</summary>
    void OnText(in RunText text);

    /// <summary>The run says something other than text; in order, each once.</summary>
    void OnRunEvent(Guid runId, int attempt, RunEvent runEvent);

    /// <summary>The connection is put out of a thread that it had joined: what it said of it is not true any more.</summary>
    void OnPutOut(string threadId);

    /// <summary>Whether it is told who is in the rooms that it has joined.</summary>
    bool SeesPresence => false;

    /// <summary>Who is in a room that the connection has joined, now.</summary>
    void OnPresence(RoomMembers room)
    {
    }

    /// <summary>A run that the connection sees cannot be shown any further.</summary>
    void OnLost(Guid runId, RunRefusal refusal);
}
