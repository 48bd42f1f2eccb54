using MassTransit;
using StreamChat.Contracts.Rooms;

namespace StreamChat.Gateway.Rooms;

/// <summary>Hears in which rooms somebody came or went.</summary>
internal sealed class RoomsChangedConsumer(RoomPresence presence) : IConsumer<RoomsChanged>
{
    public Task Consume(ConsumeContext<RoomsChanged> context)
    {
        presence.Changed(context.Message.RoomIds);
        return Task.CompletedTask;
    }
}
