using System.Diagnostics;
using StreamChat.Contracts.Events;
using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Gateway.Runs;

/// <summary>A connection that notes what it is told.</summary>
internal sealed class FakeListener(string id = "g.1", string userId = "ada") : IRunListener
{
    /// <summary>The events by their <c>seq</c>, and <c>accepted</c>.</summary>
    public List<string> Seen { get; } = [];

    public string Id => id;

    public string UserId => userId;

    public ActivityContext Handshake => default;

    public ConnectionRuns Runs { get; } = new();

    public ConnectionThreads Threads { get; } = new();

    public bool HasRoom { get; set; } = true;

    public bool IsDrained { get; set; } = true;

    public void OnAccepted(Guid runId, string threadId, string? traceId) => Seen.Add("accepted");

    public void OnOpened(Guid runId, string threadId, string? roomId, object? tag)
    {
    }

    public void OnText(in RunText text) => Seen.Add($"{text.Seq}");

    public void OnRunEvent(Guid runId, int attempt, RunEvent runEvent) => Seen.Add($"{runEvent.Seq}");

    public void OnPutOut(string threadId) => Seen.Add("put out");

    public void OnLost(Guid runId, RunRefusal refusal) => Seen.Add("lost");
}
