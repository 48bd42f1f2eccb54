using System.Diagnostics;
using StreamChat.Contracts.Events;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Requests;
using StreamChat.Gateway.Runs;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Gateway.Requests;

/// <summary>A connection that notes what it is told.</summary>
internal sealed class FakeConnection(IDialect dialect, string id = "g.1", string userId = "ada") : IClientConnection
{
    private static readonly FakeTimeProvider Time = new();

    public List<ServerEvent> Sent { get; } = [];

    public string Id => id;

    public string UserId => userId;

    public Caller Caller { get; private set; } = Caller.Believed(userId);

    public IDialect Dialect => dialect;

    public DateTimeOffset OpenedAt => Time.GetUtcNow();

    public ActivityContext Handshake => default;

    public Liveness Liveness { get; } = new(Time);

    public TurnQueue Turns { get; } = new(8, CancellationToken.None);

    public ConnectionRuns Runs { get; } = new();

    public ConnectionThreads Threads { get; } = new();

    public bool HasRoom => true;

    public bool IsDrained => true;

    public void Send(ServerEvent serverEvent) => Sent.Add(serverEvent);

    public void Renew(Caller caller) => Caller = caller;

    public void CountBadFrame(bool isLast = false)
    {
    }

    public void OnOpened(Guid runId, string threadId, string? roomId, object? tag) => Send(new RunOpened(runId, threadId, roomId, tag as RunRequest));

    public void OnAccepted(Guid runId, string threadId, string? traceId) => Send(new Accepted(runId, threadId, traceId));

    public void OnText(in RunText text) => Send(new RunOutput(text.RunId, text.Attempt, text.ToEvent()));

    public void OnRunEvent(Guid runId, int attempt, RunEvent runEvent) => Send(new RunOutput(runId, attempt, runEvent));

    public void OnPutOut(string threadId) => Send(new ThreadLeft(threadId));

    public void OnLost(Guid runId, RunRefusal refusal) => Send(new Fault(refusal.Code, refusal.Message, refusal.Retryable, runId));
}
