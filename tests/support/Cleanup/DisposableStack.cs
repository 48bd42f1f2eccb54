using System.Collections.Concurrent;

namespace StreamChat.TestSupport.Cleanup;

/// <summary>
/// What a test has opened, closed in reverse order at its end. May be added to from several threads: what is kept nowhere else and lost here would
/// be closed by the garbage collector in the middle of the test.
/// </summary>
public sealed class DisposableStack : IAsyncDisposable
{
    private readonly ConcurrentStack<IAsyncDisposable> _open = new();

    /// <summary>Keeps it open until the end.</summary>
    /// <returns>The same.</returns>
    public T Add<T>(T open)
        where T : IAsyncDisposable
    {
        _open.Push(open);
        return open;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_open.TryPop(out var open))
        {
            await open.DisposeAsync();
        }
    }
}
