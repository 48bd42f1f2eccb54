using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace StreamChat.Hosting.Bus;

/// <summary>Requests over the bus.</summary>
public static class BusRequests
{
    /// <summary>
    /// Asks and waits for the answer. Cancelling ends the wait, not the request: MassTransit reports a send that is cancelled as a fault and
    /// declares its queue again at the next one, so that clients which ask and leave would cost the broker more than those which stay.
    /// An abandoned request ends at its deadline.
    /// </summary>
    /// <typeparam name="TRequest">The request.</typeparam>
    /// <typeparam name="TAnswer">The answer.</typeparam>
    /// <param name="scopes">Where request clients come from.</param>
    /// <param name="request">What to ask.</param>
    /// <param name="timeout">How long the answer may take.</param>
    /// <param name="deadline">How long everything may take, waiting for the broker included.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="RequestTimeoutException">No answer within <paramref name="timeout"/>.</exception>
    /// <exception cref="TimeoutException">Not done within <paramref name="deadline"/>.</exception>
    public static async Task<TAnswer> AskAsync<TRequest, TAnswer>(
        this IServiceScopeFactory scopes, TRequest request, TimeSpan timeout, TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken)
        where TRequest : class
        where TAnswer : class
    {
        ArgumentNullException.ThrowIfNull(scopes);
        cancellationToken.ThrowIfCancellationRequested();
        var asking = AskToTheEndAsync();
        try
        {
            return await asking.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!asking.IsCompleted)
        {
            // nobody looks at how it ends
            _ = asking.ContinueWith(
                static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }

        async Task<TAnswer> AskToTheEndAsync()
        {
            await using var scope = scopes.CreateAsyncScope();
            var client = scope.ServiceProvider.GetRequiredService<IRequestClient<TRequest>>();
            TAnswer? answer = null;
            await Deadlines.RunAsync(
                deadline,
                time,
                async token => answer = (await client.GetResponse<TAnswer>(request, token, RequestTimeout.After(ms: (int)timeout.TotalMilliseconds))).Message,
                CancellationToken.None);
            return answer!;
        }
    }
}
