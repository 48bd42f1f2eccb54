using Microsoft.Extensions.Options;
using StreamChat.Hosting.Identity;

namespace StreamChat.AgentWorker.Models;

/// <summary>How long to wait before a model is asked again.</summary>
internal sealed class ModelBackoff(IOptions<ModelOptions> options, IIdGenerator ids)
{
    // half of each pause is chance, so that many runs that failed together do not come back together
    private const int Spread = 1000;

    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="retryAfter">What the provider asks for, or null.</param>
    /// <returns>Null when it wants to be left alone for longer than we wait.</returns>
    public TimeSpan? Pause(int attempt, TimeSpan? retryAfter)
    {
        var (first, most) = (options.Value.RetryDelay, options.Value.MaxRetryDelay);
        if (retryAfter > most)
        {
            return null;
        }

        var pause = first * Math.Pow(2, attempt - 1);
        pause = pause < most ? pause : most;
        pause = pause / 2 * (1 + ((double)ids.NewSpread(Spread) / Spread));
        return retryAfter > pause ? retryAfter : pause;
    }
}
