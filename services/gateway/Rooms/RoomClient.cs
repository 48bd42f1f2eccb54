using Microsoft.Extensions.Options;
using StreamChat.Contracts.Rooms;
using StreamChat.Hosting.Bus;

namespace StreamChat.Gateway.Rooms;

/// <summary>Asks the agent-workers, which have the store, about rooms. Always comes back with an answer, in time.</summary>
internal sealed partial class RoomClient(IServiceScopeFactory scopes, IOptions<BusOptions> options, TimeProvider time, ILogger<RoomClient> logger)
{
    public Task<RoomAnswer> AskAsync<TRequest>(TRequest request, CancellationToken cancellationToken)
        where TRequest : class => AskAsync(request, status => new RoomAnswer { Status = status }, cancellationToken);

    public Task<RoomList> ListAsync(ListRooms request, CancellationToken cancellationToken) =>
        AskAsync(request, status => new RoomList { Status = status, Rooms = [], Total = 0 }, cancellationToken);

    public Task<RoomMembersRenewed> RenewAsync(RenewRoomMembers request, CancellationToken cancellationToken) =>
        AskAsync(request, status => new RoomMembersRenewed { Status = status, Rooms = new Dictionary<string, int>() }, cancellationToken);

    public Task<RoomMembersRead> ReadMembersAsync(ReadRoomMembers request, CancellationToken cancellationToken) =>
        AskAsync(request, status => new RoomMembersRead { Status = status, Rooms = [] }, cancellationToken);

    private async Task<TAnswer> AskAsync<TRequest, TAnswer>(TRequest request, Func<RoomStatus, TAnswer> refuse, CancellationToken cancellationToken)
        where TRequest : class
        where TAnswer : class
    {
        try
        {
            var timeout = options.Value.PublishTimeout;
            return await scopes.AskAsync<TRequest, TAnswer>(request, timeout, timeout, time, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFailed(typeof(TRequest).Name, e);
            return refuse(RoomStatus.Unavailable);
        }
    }

    [LoggerMessage(1601, LogLevel.Warning, "{Request} was not answered.")]
    private partial void LogFailed(string request, Exception exception);
}
