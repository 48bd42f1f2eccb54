using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Agents;

/// <summary>Asks the tool-workers what they offer.</summary>
internal sealed partial class ToolsRequester(
    IBusControl bus, WorkerIdentity identity, ToolCatalog catalog, IOptions<BusOptions> options, TimeProvider time, ILogger<ToolsRequester> logger)
    : AskWhenRead<ToolsRequested>(bus, identity.ToolsQueue, options, time)
{
    protected override ToolsRequested Question => new() { WorkerId = identity.WorkerId };

    protected override void OnHearing(bool hears) => catalog.Hears = hears;

    protected override void OnUnheard(Exception exception) => LogFailed(exception);

    [LoggerMessage(2401, LogLevel.Warning, "Tool-workers could not be asked for their tools; they announce them by themselves soon.")]
    private partial void LogFailed(Exception exception);
}
