using StreamChat.AgentWorker.Agents.Guardrails;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Memory;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Relay;
using StreamChat.AgentWorker.Runs;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway;
using StreamChat.Gateway.Dialects.YYChat;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Work;
using StreamChat.ToolWorker;
using StreamChat.ToolWorker.BuiltIn.News;
using StreamChat.ToolWorker.BuiltIn.UserData;
using StreamChat.ToolWorker.BuiltIn.Weather;
using StreamChat.ToolWorker.Mcp;
using StreamChat.ToolWorker.Tools.Ledger;

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
        Assert.Equal((128 * 1024, TimeSpan.FromSeconds(2)), (limits.StalledBytes, limits.StalledAfter));
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
        Assert.Equal((8000, TimeSpan.FromMinutes(3)), (run.HistoryTokens, run.QueueTime));
        var thread = new ThreadOptions();
        Assert.Equal((ThreadPolicy.Enqueue, 16), (thread.WhenBusy, thread.Waiting));
        var memory = new MemoryOptions();
        Assert.Equal((OlderTurns.Drop, 500, TimeSpan.FromMinutes(1)), (memory.Older, memory.SummaryTokens, memory.SummaryTimeout));
        var log = new RunLogOptions();
        Assert.Equal((4 * 1024 * 1024, TimeSpan.FromMinutes(15), 128L * 1024 * 1024), (log.MaxChars, log.Keep, log.MaxTotalChars));
        Assert.Equal(1024, new WorkerOptions().Runs);
        var work = new WorkOptions();
        Assert.Equal((TimeSpan.FromSeconds(2), 16), (work.StopTime, work.Abandoned));
        var agents = new AgentsOptions();
        Assert.Equal(("triage", TimeSpan.FromSeconds(10)), (agents.Start, agents.AnnounceInterval));
    }

    [Fact]
    public void Models()
    {
        var model = new ModelOptions();
        Assert.Equal((ModelProvider.Demo, 3, 0), (model.Provider, model.Attempts, model.Fallback.Length));
        Assert.Equal(
            (TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30)),
            (model.RetryDelay, model.MaxRetryDelay, model.FirstTokenTimeout, model.StallTimeout));
        Assert.Equal(100_000, new RunOptions().OutputTokens);
    }

    [Fact]
    public void Bus_relay_and_tools()
    {
        var bus = new BusOptions();
        Assert.Equal((new Uri("amqp://guest:guest@localhost:5672"), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20)), (bus.Uri, bus.PublishTimeout, bus.StopTimeout));
        Assert.Equal((0, 0, TimeSpan.FromSeconds(5)), (bus.Nodes.Count, bus.Replicas, bus.Heartbeat));
        var relay = new RelayOptions();
        Assert.Equal(TimeSpan.FromSeconds(2), relay.GoneAfter);
        Assert.Equal((128 * 1024, 16, TimeSpan.FromMinutes(2)), (relay.MaxBatchChars, relay.MergeAbove, relay.GiveUpAfter));
        var tools = new ToolWorkerOptions();
        Assert.Equal((64, 64 * 1024, TimeSpan.FromSeconds(10)), (tools.Concurrency, tools.MaxResultBytes, tools.AnnounceInterval));
        Assert.Equal(TimeSpan.FromMilliseconds(100), tools.ProgressInterval);
    }

    [Fact]
    public void Mcp()
    {
        var mcp = new McpOptions();
        Assert.Equal(
            (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)),
            (mcp.StartTimeout, mcp.ProbeInterval, mcp.ProbeTimeout, mcp.RetryDelay, mcp.MaxRetryDelay));
        Assert.Equal((64, 16 * 1024, 4 * 1024 * 1024), (mcp.ToolsPerServer, mcp.ToolBytes, mcp.MaxMessageBytes));
        var server = new McpServerSettings();
        Assert.Equal((true, McpTransport.Stdio, TimeSpan.FromSeconds(30)), (server.Enabled, server.Transport, server.Timeout));
    }

    [Fact]
    public void Built_in_tools_and_their_ledger()
    {
        var weather = new WeatherOptions();
        Assert.Equal(
            (WeatherProvider.Sample, "https://geocoding-api.open-meteo.com/", "https://api.open-meteo.com/", TimeSpan.FromSeconds(5), 256 * 1024),
            (weather.Provider, weather.GeocodingAddress.ToString(), weather.ForecastAddress.ToString(), weather.Timeout, weather.MaxResponseBytes));
        var news = new NewsOptions();
        Assert.Equal(
            (0, TimeSpan.FromSeconds(8), 1024 * 1024, TimeSpan.FromMinutes(5), TimeSpan.FromHours(6), 100),
            (news.Feeds.Count, news.Timeout, news.MaxFeedBytes, news.CacheFor, news.KeepStaleFor, news.ItemsPerFeed));
        var kept = new UserDataOptions();
        Assert.Equal((200, 200, 50, 1_000), (kept.Notes, kept.Todos, kept.Preferences, kept.TextLength));
        var ledger = new LedgerOptions();
        Assert.Equal((TimeSpan.FromSeconds(6), TimeSpan.FromDays(1), TimeSpan.FromMinutes(1)), (ledger.Lease, ledger.KeepFor, ledger.CleanupInterval));
    }
}
