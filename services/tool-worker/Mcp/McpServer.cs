using ModelContextProtocol.Protocol;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Identity;
using StreamChat.ToolWorker.Tools;
using Tool = StreamChat.ToolWorker.Tools.Tool;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>
/// Looks after one server for as long as this process lives: connects, offers its tools, notices when they change or when it is
/// gone, withdraws them, and tries again with growing pauses.
/// </summary>
internal sealed partial class McpServer(
    string name, McpServerSettings settings, McpOptions limits, IMcpTransports transports, ToolRegistry registry, McpMetrics metrics,
    IIdGenerator ids, TimeProvider time, ILogger<McpServer> logger)
{
    private const int MaxDoublings = 20;

    // changes that come together are looked at together
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    private readonly string _prefix = settings.Prefix ?? name;
    private IReadOnlyList<LeftOut> _leftOut = [];

    /// <summary>Never fails; ends when the token fires, and the server's process with it.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        metrics.Connected(name, false);
        var failures = 0;
        while (true)
        {
            var began = time.GetTimestamp();
            string why;
            try
            {
                why = await ServeAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                why = McpFaults.Describe(e);
                LogFaultSensitive(name, e);
            }

            // one that was there for long was well, whatever befell it
            failures = time.GetElapsedTime(began) > limits.MaxRetryDelay ? 1 : failures + 1;
            var pause = Pause(failures);
            LogAway(failures == 1 ? LogLevel.Warning : LogLevel.Debug, name, why, pause);
            try
            {
                await Task.Delay(pause, time, stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            metrics.TriedAgain(name);
        }
    }

    /// <returns>Why it is gone.</returns>
    private async Task<string> ServeAsync(CancellationToken stopping)
    {
        var signal = new McpSignal();
        try
        {
            return await ServeAsync(signal, stopping);
        }
        catch (Exception) when (signal.Broken.IsCompleted && !stopping.IsCancellationRequested)
        {
            // what came of it says less
            return McpFaults.Describe(await signal.Broken);
        }
    }

    private async Task<string> ServeAsync(McpSignal signal, CancellationToken stopping)
    {
        var transport = transports.Create(name, settings, signal);
        await using var session = await McpSession.ConnectAsync(transport, signal, limits.StartTimeout, time, stopping);
        try
        {
            Offer(session, await ListAsync(session, limits.StartTimeout, stopping));
            metrics.Connected(name, true);
            return await WatchAsync(session, signal, stopping);
        }
        finally
        {
            metrics.Connected(name, false);
            LogHidden(registry.Offer(name, []));
        }
    }

    private async Task<string> WatchAsync(McpSession session, McpSignal signal, CancellationToken stopping)
    {
        long? silentSince = null;
        var answered = session.Answered;
        while (true)
        {
            await WaitAsync(Task.WhenAny(session.Completion, signal.Broken, signal.Raised), stopping);
            if (signal.Broken.IsCompleted)
            {
                return McpFaults.Describe(await signal.Broken);
            }

            if (session.Completion.IsCompleted)
            {
                return McpFaults.Describe(await session.Completion);
            }

            if (signal.Raised.IsCompleted)
            {
                await Task.Delay(Settle, time, stopping);
                signal.Reset();
            }

            try
            {
                Offer(session, await ListAsync(session, limits.ProbeTimeout, stopping));
                silentSince = null;
            }
            catch (TimeoutException) when (session.Answered != answered)
            {
                // it answers calls: however many of them clients make, it is only slow
                (answered, silentSince) = (session.Answered, null);
            }
            catch (TimeoutException) when (session.IsBusy && time.GetElapsedTime(silentSince ??= time.GetTimestamp()) < settings.Timeout)
            {
                // one that does one thing at a time answers when it is done with a call, or else when the call's time is over
            }
        }
    }

    private async Task WaitAsync(Task something, CancellationToken stopping)
    {
        try
        {
            await something.WaitAsync(limits.ProbeInterval, time, stopping);
        }
        catch (TimeoutException)
        {
            // time to ask
        }
    }

    private async Task<IReadOnlyList<ModelContextProtocol.Protocol.Tool>> ListAsync(McpSession session, TimeSpan timeout, CancellationToken stopping)
    {
        IReadOnlyList<ModelContextProtocol.Protocol.Tool> tools = [];
        await Deadlines.RunAsync(timeout, time, async token => tools = await session.ListAsync(token), stopping);
        return tools;
    }

    private void Offer(McpSession session, IReadOnlyList<ModelContextProtocol.Protocol.Tool> tools)
    {
        var choice = McpNames.Choose(_prefix, settings, limits, tools);
        foreach (var left in choice.LeftOut.Except(_leftOut))
        {
            LogLeftOut(name, left.Tool, left.Reason);
        }

        _leftOut = choice.LeftOut;
        LogHidden(registry.Offer(name, [.. choice.Tools.Select(t => Make(session, t.Key, t.Value))]));
    }

    private Tool Make(McpSession session, string toolName, ModelContextProtocol.Protocol.Tool tool)
    {
        var safe = IsSafeToRepeat(tool.Annotations);
        return new Tool(session.Function(tool, toolName, safe), settings.Timeout, safe) { ChecksArguments = false };
    }

    // what the server does not say is taken to do harm
    private static bool IsSafeToRepeat(ToolAnnotations? says) => says?.ReadOnlyHint == true || says?.IdempotentHint == true;

    private TimeSpan Pause(int failures)
    {
        var longest = Math.Min(limits.RetryDelay.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, MaxDoublings)), limits.MaxRetryDelay.TotalMilliseconds);

        // workers that lost the same server do not come back as one
        return TimeSpan.FromMilliseconds((longest / 2) + ids.NewSpread((int)Math.Max(1, longest / 2)));
    }

    private void LogHidden(IReadOnlyList<HiddenTool> hidden)
    {
        foreach (var tool in hidden)
        {
            LogHidden(tool.Source, tool.Name);
        }
    }

    [LoggerMessage(EventId = 3302, Message = "MCP server {Server} is away: {Why}. Trying again in {Pause}.")]
    private partial void LogAway(LogLevel level, string server, string why, TimeSpan pause);

    // what it says may quote what the server wrote
    [LoggerMessage(3303, LogLevel.Trace, "MCP server {Server} failed.")]
    private partial void LogFaultSensitive(string server, Exception exception);

    [LoggerMessage(3304, LogLevel.Warning, "Tool '{Tool}' of MCP server {Server} is not offered: {Reason}.")]
    private partial void LogLeftOut(string server, string tool, string reason);

    [LoggerMessage(3305, LogLevel.Warning, "Tool {Tool} of MCP server {Server} is not offered: another one has its name; another Mcp:Servers:…:Prefix would help.")]
    private partial void LogHidden(string server, string tool);
}
