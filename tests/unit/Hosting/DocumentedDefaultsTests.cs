using StreamChat.AgentWorker.Agents.Guardrails;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Relay;
using StreamChat.AgentWorker.Runs;
using StreamChat.AgentWorker.Storage;
using StreamChat.Gateway;
using StreamChat.Gateway.Dialects.YYChat;
using StreamChat.Hosting.Bus;
using StreamChat.ToolWorker;

namespace StreamChat.UnitTests.Hosting;

/// <summary>What docs/operations.md promises. Prose drifts; this does not.</summary>
public sealed class DocumentedDefaultsTests
{
    [Fact]
    public void Limits()
    {
        var limits = new LimitsOptions();
        Assert.Equal(
            (50_000, 1024 * 1024, 100_000, 64, 20, 8, 0, 1024 * 1024, 16 * 1024),
            (limits.Connections, limits.Frame, limits.MessageCharacters, limits.JsonDepth, limits.BadFrames, limits.RunsPerConnection, limits.RunsInFlight, limits.OutboundBytes, limits.MergeBytes));
        Assert.Equal(
            (TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)),
            (limits.Idle, limits.Heartbeat, limits.HeartbeatTimeout));
        Assert.Equal(
            (64, 32, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(3)),
            (limits.RunsViewed, limits.ThreadsPerConnection, limits.RoomRenewal, limits.AttachPatience));
        var rooms = new RoomOptions();
        Assert.Equal((100, 1000, TimeSpan.FromSeconds(35)), (rooms.PerUser, rooms.Invitations, rooms.MemberLease));
    }

    [Fact]
    public void ClientsToolsAndGuardrails()
    {
        var runs = new RunOptions();
        Assert.Equal((TimeSpan.FromMinutes(2), 8192), (runs.ClientToolTimeout, runs.ThreadContextChars));
        var guardrails = new GuardrailOptions();
        Assert.Equal((GuardrailMode.Rules, null, TimeSpan.FromSeconds(5)), (guardrails.Mode, guardrails.Model, guardrails.Timeout));
    }

    [Fact]
    public void YYChat()
    {
        var limits = new YYChatOptions();
        Assert.Equal((100, TimeSpan.FromMinutes(5)), (limits.Connections, limits.Idle));
    }

    [Fact]
    public void Runs()
    {
        var run = new RunOptions();
        Assert.Equal((TimeSpan.FromMinutes(10), 8, 32, 200, 1024 * 1024), (run.WallTime, run.ToolRounds, run.ToolCalls, run.HistoryMessages, run.MaxUnreadChars));
        Assert.Equal((TimeSpan.FromSeconds(30), 8, 8192), (run.ToolTimeout, run.HandOffs, run.ContextChars));
        var log = new RunLogOptions();
        Assert.Equal((4 * 1024 * 1024, TimeSpan.FromMinutes(15), 128L * 1024 * 1024), (log.MaxChars, log.Keep, log.MaxTotalChars));
        Assert.Equal(1024, new WorkerOptions().Runs);
        var agents = new AgentsOptions();
        Assert.Equal(("triage", TimeSpan.FromSeconds(10)), (agents.Start, agents.AnnounceInterval));
    }

    [Fact]
    public void Bus_relay_and_tools()
    {
        var bus = new BusOptions();
        Assert.Equal((new Uri("amqp://guest:guest@localhost:5672"), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20)), (bus.Uri, bus.PublishTimeout, bus.StopTimeout));
        var relay = new RelayOptions();
        Assert.Equal((128 * 1024, 16, TimeSpan.FromMinutes(2)), (relay.MaxBatchChars, relay.MergeAbove, relay.GiveUpAfter));
        var tools = new ToolWorkerOptions();
        Assert.Equal((64, 64 * 1024, TimeSpan.FromSeconds(10)), (tools.Concurrency, tools.MaxResultBytes, tools.AnnounceInterval));
    }
}
