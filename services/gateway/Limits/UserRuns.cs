using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Limits;

/// <summary>The runs that each user's connections on this gateway wait for.</summary>
internal sealed class UserRuns(IOptions<LimitsOptions> options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _running = new(StringComparer.Ordinal);

    /// <param name="userId">Whose.</param>
    /// <param name="run">To be disposed when it has ended.</param>
    /// <returns>False when there are as many as may be.</returns>
    public bool TryEnter(string userId, [NotNullWhen(true)] out IDisposable? run)
    {
        var limit = options.Value.RunsPerUser;
        lock (_lock)
        {
            var running = _running.GetValueOrDefault(userId);
            if (limit > 0 && running >= limit)
            {
                run = null;
                return false;
            }

            _running[userId] = running + 1;
            run = new Run(this, userId);
            return true;
        }
    }

    private sealed class Run(UserRuns runs, string userId) : IDisposable
    {
        public void Dispose()
        {
            lock (runs._lock)
            {
                if (--runs._running[userId] is var left && left == 0)
                {
                    runs._running.Remove(userId);
                }
            }
        }
    }
}
