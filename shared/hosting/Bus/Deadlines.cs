namespace StreamChat.Hosting.Bus;

/// <summary>Work on the broker that ends in time, whatever the client library does.</summary>
public static class Deadlines
{
    /// <summary>
    /// Does something with a deadline. The token passed on fires at the deadline; should the library not heed it (it can wait
    /// without end on a broken connection), the caller is freed all the same.
    /// </summary>
    /// <param name="timeout">The deadline from now.</param>
    /// <param name="time">The clock.</param>
    /// <param name="work">What to do.</param>
    /// <param name="cancellationToken">Gives up earlier.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="TimeoutException">The deadline passed. The work may have been done all the same.</exception>
    public static async Task RunAsync(
        TimeSpan timeout, TimeProvider time, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var deadline = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await work(linked.Token).WaitAsync(linked.Token);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Not done within {timeout}.", e);
        }
    }
}
