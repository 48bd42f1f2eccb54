using StreamChat.Hosting.Options;
using StreamChat.Storage;

namespace StreamChat.AgentWorker.Storage;

/// <summary>Puts the stores of conversations, threads and rooms into a process.</summary>
internal static class StorageRegistration
{
    /// <summary>Adds <see cref="IConversationStore"/>, <see cref="ICheckpointStore"/>, <see cref="IThreadStore"/> and <see cref="IRoomStore"/> over the database. To be called before the bus is added.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configuration">Holds section <c>Store</c>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddConversationStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStore(configuration);
        services.AddValidatedOptions<RoomOptions>(RoomOptions.Section);
        services.AddValidatedOptions<StoredOptions>(StoredOptions.Section);
        services.AddSingleton<IThreadStore, SqlThreadStore>();
        services.AddSingleton<ISummaryStore, SqlSummaryStore>();
        services.AddSingleton<IRoomStore, SqlRoomStore>();
        services.AddSingleton<IConversationStore, SqlConversationStore>();
        services.AddSingleton<ICheckpointStore, SqlCheckpointStore>();
        return services;
    }
}
