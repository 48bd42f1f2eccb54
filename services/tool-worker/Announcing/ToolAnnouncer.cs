using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Bus;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.Announcing;

/// <summary>Tells the agent-workers once what this process offers; <see cref="ToolAnnouncingLoop"/> says when.</summary>
internal sealed partial class ToolAnnouncer(
    IAnnouncementPublisher publisher, ToolRegistry registry, ToolWorkerIdentity identity, IOptions<ToolWorkerOptions> options,
    IOptions<BusOptions> bus, TimeProvider time, ILogger<ToolAnnouncer> logger) : Announcer(bus.Value.PublishTimeout, time)
{
    protected override Task PublishOfferAsync(CancellationToken cancellationToken) => PublishAsync(registry.Descriptions, cancellationToken);

    protected override Task PublishNothingAsync(CancellationToken cancellationToken) => PublishAsync([], cancellationToken);

    protected override void OnUnheard(Exception exception) => LogUnheard(exception);

    protected override void OnHeardAgain() => LogHeardAgain();

    protected override void OnNotWithdrawn(Exception exception) => LogNotWithdrawn(exception);

    private Task PublishAsync(IReadOnlyList<ToolDescription> tools, CancellationToken cancellationToken) => publisher.PublishAsync(
        new ToolsAnnounced { ToolWorkerId = identity.ToolWorkerId, Tools = tools, ValidFor = options.Value.AnnounceInterval * ValidIntervals },
        cancellationToken);

    [LoggerMessage(3101, LogLevel.Warning, "The tools could not be announced; trying again at every interval.")]
    private partial void LogUnheard(Exception exception);

    [LoggerMessage(3102, LogLevel.Information, "The tools are announced again.")]
    private partial void LogHeardAgain();

    [LoggerMessage(3103, LogLevel.Debug, "The tools could not be withdrawn; agent-workers forget them by themselves soon.")]
    private partial void LogNotWithdrawn(Exception exception);
}
