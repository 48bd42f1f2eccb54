using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Agents;

/// <summary>Asks the tool-workers what they offer.</summary>
internal sealed partial class ToolsRequester(
    IBusControl bus, WorkerIdentity identity, IOptions<BusOptions> options, TimeProvider time, ILogger<ToolsRequester> logger)
    : AskOnce<ToolsRequested>(bus, options, time)
{
    protected override ToolsRequested Question => new() { WorkerId = identity.WorkerId };

    protected override void OnUnheard(Exception exception) => LogFailed(exception);

    [LoggerMessage(2401, LogLevel.Warning, "Tool-workers could not be asked for their tools; they announce them by themselves soon.")]
    private partial void LogFailed(Exception exception);
}
