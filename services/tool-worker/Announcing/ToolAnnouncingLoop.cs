using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Bus;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.Announcing;

/// <summary>Announces the tools, also when a source of tools comes or goes.</summary>
internal sealed class ToolAnnouncingLoop(
    IBusControl bus, ToolAnnouncer announcer, ToolRegistry registry, IOptions<ToolWorkerOptions> options, TimeProvider time)
    : AnnouncingLoop(bus, announcer, options.Value.AnnounceInterval, time)
{
    protected override Task Changed => registry.Changed;
}
