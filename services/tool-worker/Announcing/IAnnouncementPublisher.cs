using MassTransit;
using StreamChat.Contracts.Tools;

namespace StreamChat.ToolWorker.Announcing;

/// <summary>Where announcements go.</summary>
internal interface IAnnouncementPublisher
{
    Task PublishAsync(ToolsAnnounced announcement, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class BusAnnouncementPublisher(IBus bus) : IAnnouncementPublisher
{
    public Task PublishAsync(ToolsAnnounced announcement, CancellationToken cancellationToken) => bus.Publish(announcement, cancellationToken);
}
