namespace StreamChat.Gateway.Rooms;

/// <summary>What gateways need to serve rooms.</summary>
internal static class RoomRegistration
{
    public static IServiceCollection AddRooms(this IServiceCollection services)
    {
        services.AddSingleton<RoomClient>();
        services.AddSingleton<RoomDirectory>();
        services.AddSingleton<IRooms>(provider => provider.GetRequiredService<RoomDirectory>());
        services.AddSingleton<RoomDepartures>();
        services.AddHostedService(provider => provider.GetRequiredService<RoomDepartures>());
        services.AddHostedService<RoomRenewal>();
        services.AddSingleton<RoomPresence>();
        services.AddHostedService(provider => provider.GetRequiredService<RoomPresence>());
        return services;
    }
}
