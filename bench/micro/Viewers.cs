using System.Diagnostics;
using StreamChat.Contracts.Events;
using StreamChat.Gateway;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Identity;

namespace StreamChat.Bench;

/// <summary>A connection without a socket.</summary>
internal abstract class Viewer : IRunListener
{
    public string Id => "g.1";

    public string UserId => "ada";

    public ActivityContext Handshake => default;

    public ConnectionRuns Runs { get; } = new();

    public ConnectionThreads Threads { get; } = new();

    public bool HasRoom => true;

    public bool IsDrained => true;

    public virtual void OnOpened(Guid runId, string threadId, string? roomId, object? tag)
    {
    }

    public void OnAccepted(Guid runId, string threadId, string? traceId)
    {
    }

    public abstract void OnText(in RunText text);

    public abstract void OnRunEvent(Guid runId, int attempt, RunEvent runEvent);

    public void OnPutOut(string threadId)
    {
    }

    public void OnLost(Guid runId, RunRefusal refusal)
    {
    }

    /// <summary>Sends what waits.</summary>
    /// <returns>How many bytes that was.</returns>
    public abstract ValueTask<int> TakeAsync();
}

/// <summary>Looks away.</summary>
internal sealed class NullViewer : Viewer
{
    private int _seen;

    public override void OnText(in RunText text) => _seen++;

    public override void OnRunEvent(Guid runId, int attempt, RunEvent runEvent) => _seen++;

    public override ValueTask<int> TakeAsync() => new(_seen);
}

/// <summary>Encodes into a connection's queue.</summary>
internal sealed class QueueViewer(IDialect dialect, GatewayTelemetry telemetry) : Viewer
{
    private readonly OutboundQueue _queue = new(
        dialect.NewSession(new SessionStart("g.1", "ada", new Dictionary<string, string>(), new SystemIdGenerator(TimeProvider.System))),
        dialect.Pacing, new OutboundBounds(1_000_000, 1_000_000, 1_000_000, TimeSpan.FromSeconds(2)), TimeProvider.System, telemetry);

    private OutboundFrames _spare = new();

    public override void OnText(in RunText text) => _queue.TryAddText(text);

    public override void OnRunEvent(Guid runId, int attempt, RunEvent runEvent) => _queue.TryAdd(new RunOutput(runId, attempt, runEvent));

    public override async ValueTask<int> TakeAsync()
    {
        var frames = await _queue.TakeAsync(_spare);
        var length = frames!.Length;
        frames.Clear();
        _spare = frames;
        return length;
    }
}
