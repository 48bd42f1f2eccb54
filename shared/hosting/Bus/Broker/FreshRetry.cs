using MassTransit;

namespace StreamChat.Hosting.Bus.Broker;

/// <summary>
/// A retry policy whose pauses begin anew when what was tried has held for a while. MassTransit counts the failures of an endpoint for as long as the process
/// lives, so that after its seventh lost connection it would always pause for the longest time.
/// </summary>
/// <param name="inner">The pauses.</param>
/// <param name="calm">What counts as having held.</param>
/// <param name="time">The clock.</param>
internal sealed class FreshRetry(IRetryPolicy inner, TimeSpan calm, TimeProvider time) : IRetryPolicy
{
    private long Now => time.GetTimestamp();

    public bool IsHandled(Exception exception) => inner.IsHandled(exception);

    public RetryPolicyContext<T> CreatePolicyContext<T>(T context)
        where T : class, PipeContext => new Start<T>(this, inner.CreatePolicyContext(context));

    public void Probe(ProbeContext context) => inner.Probe(context);

    private bool HasHeld(long failedAt, TimeSpan pause) => time.GetElapsedTime(failedAt) - pause > calm;

    private sealed class Start<T>(FreshRetry policy, RetryPolicyContext<T> inner) : RetryPolicyContext<T>
        where T : class, PipeContext
    {
        public T Context => inner.Context;

        public bool CanRetry(Exception exception, out RetryContext<T> retryContext)
        {
            var can = inner.CanRetry(exception, out var first);
            retryContext = new Failure<T>(policy, this, first);
            return can;
        }

        public Task RetryFaulted(Exception exception) => inner.RetryFaulted(exception);

        public void Cancel() => inner.Cancel();

        public void Dispose() => inner.Dispose();
    }

    private sealed class Failure<T>(FreshRetry policy, Start<T> start, RetryContext<T> inner) : RetryContext<T>
        where T : class, PipeContext
    {
        private readonly long _at = policy.Now;

        public T Context => inner.Context;

        public CancellationToken CancellationToken => inner.CancellationToken;

        public Exception Exception => inner.Exception;

        public int RetryAttempt => inner.RetryAttempt;

        public int RetryCount => inner.RetryCount;

        public TimeSpan? Delay => inner.Delay;

        public Type ContextType => inner.ContextType;

        public bool CanRetry(Exception exception, out RetryContext<T> retryContext)
        {
            if (policy.HasHeld(_at, Delay ?? TimeSpan.Zero))
            {
                return start.CanRetry(exception, out retryContext);
            }

            var can = inner.CanRetry(exception, out var next);
            retryContext = new Failure<T>(policy, start, next);
            return can;
        }

        public Task RetryFaulted(Exception exception) => inner.RetryFaulted(exception);

        public Task PreRetry() => inner.PreRetry();
    }
}
