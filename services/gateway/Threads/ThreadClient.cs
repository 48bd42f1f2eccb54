using Microsoft.Extensions.Options;
using StreamChat.Contracts.Threads;
using StreamChat.Gateway.Limits;
using StreamChat.Hosting.Bus;

namespace StreamChat.Gateway.Threads;

/// <summary>Asks the agent-workers, which have the store, about users' threads. Always comes back with an answer, in time.</summary>
internal sealed partial class ThreadClient(IServiceScopeFactory scopes, PendingPublishes publishes, IOptions<BusOptions> options, TimeProvider time, ILogger<ThreadClient> logger)
{
    public Task<ThreadList> ListAsync(ListThreads request, CancellationToken cancellationToken) =>
        AskMuchAsync(request.UserId, request, status => new ThreadList { Status = status, Threads = [] }, cancellationToken);

    public Task<ThreadPage> ReadAsync(ReadThread request, CancellationToken cancellationToken) =>
        AskMuchAsync(request.UserId, request, status => new ThreadPage { Status = status }, cancellationToken);

    public Task<ThreadAnswer> ChangeAsync(ChangeThread request, CancellationToken cancellationToken) =>
        AskAsync(request, status => new ThreadAnswer { Status = status }, cancellationToken);

    public Task<ThreadAnswer> DeleteAsync(DeleteThread request, CancellationToken cancellationToken) =>
        AskAsync(request, status => new ThreadAnswer { Status = status }, cancellationToken);

    public Task<ThreadRuns> ListRunsAsync(ListThreadRuns request, CancellationToken cancellationToken) =>
        AskAsync(request, status => new ThreadRuns { Status = status, Runs = [] }, cancellationToken);

    /// <summary>A question whose answer may be large counts among what waits for the broker, so that a user has only so many of them open.</summary>
    private async Task<TAnswer> AskMuchAsync<TRequest, TAnswer>(
        string userId, TRequest request, Func<ThreadStatus, TAnswer> refuse, CancellationToken cancellationToken)
        where TRequest : class
        where TAnswer : class
    {
        if (!publishes.TryTake($"user:{userId}", PendingPublishes.LargeAnswer, out var share))
        {
            return refuse(ThreadStatus.Unavailable);
        }

        using (share)
        {
            return await AskAsync(request, refuse, cancellationToken);
        }
    }

    private async Task<TAnswer> AskAsync<TRequest, TAnswer>(TRequest request, Func<ThreadStatus, TAnswer> refuse, CancellationToken cancellationToken)
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
            return refuse(ThreadStatus.Unavailable);
        }
    }

    [LoggerMessage(1851, LogLevel.Warning, "{Request} was not answered.")]
    private partial void LogFailed(string request, Exception exception);
}
