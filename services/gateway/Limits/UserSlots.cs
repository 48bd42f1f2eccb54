using System.Diagnostics.CodeAnalysis;

namespace StreamChat.Gateway.Limits;

/// <summary>Counts what each user has in flight on this gateway, and refuses more than a limit.</summary>
/// <param name="limit">The most that one user may have at once; 0 for any number.</param>
internal abstract class UserSlots(Func<int> limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);

    /// <summary>Takes a slot.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="slot">To be disposed when what it stands for has ended.</param>
    /// <returns>False when the user has as many as the limit allows.</returns>
    public bool TryEnter(string userId, [NotNullWhen(true)] out IDisposable? slot)
    {
        lock (_lock)
        {
            var taken = _taken.GetValueOrDefault(userId);
            if (limit() is var most && most > 0 && taken >= most)
            {
                slot = null;
                return false;
            }

            _taken[userId] = taken + 1;
            slot = new Slot(this, userId);
            return true;
        }
    }

    private sealed class Slot(UserSlots slots, string userId) : IDisposable
    {
        public void Dispose()
        {
            lock (slots._lock)
            {
                if (--slots._taken[userId] == 0)
                {
                    slots._taken.Remove(userId);
                }
            }
        }
    }
}
