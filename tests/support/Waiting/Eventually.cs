using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace StreamChat.TestSupport.Waiting;

/// <summary>Waits for a condition, never for a time.</summary>
public static class Eventually
{
    /// <summary>The deadline when none is given: long enough for a slow machine, only ever used up by a failure.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(15);

    /// <summary>Reads a value again and again until it is as awaited, and returns it.</summary>
    /// <typeparam name="T">What is looked at.</typeparam>
    /// <param name="read">Reads it.</param>
    /// <param name="until">Whether it is as awaited.</param>
    /// <param name="deadline">How long to try.</param>
    /// <param name="awaited">What is awaited, for the message.</param>
    /// <exception cref="TimeoutException">It did not come; the message says what was awaited and what was seen last.</exception>
    public static async Task<T> GetAsync<T>(
        Func<Task<T>> read,
        Func<T, bool> until,
        TimeSpan? deadline = null,
        [CallerArgumentExpression(nameof(until))] string awaited = "")
    {
        var patience = deadline ?? DefaultDeadline;
        using var timeout = new CancellationTokenSource(patience);
        while (true)
        {
            var value = await read();
            if (until(value))
            {
                return value;
            }

            if (timeout.IsCancellationRequested)
            {
                throw new TimeoutException($"Awaited within {patience}: {awaited}. Last seen: {value}");
            }

            await Task.Delay(Interval);
        }
    }

    /// <inheritdoc cref="GetAsync{T}(Func{Task{T}}, Func{T, bool}, TimeSpan?, string)"/>
    public static Task<T> GetAsync<T>(
        Func<T> read,
        Func<T, bool> until,
        TimeSpan? deadline = null,
        [CallerArgumentExpression(nameof(until))] string awaited = "") =>
        GetAsync(() => Task.FromResult(read()), until, deadline, awaited);

    /// <summary>Waits until something is true.</summary>
    /// <param name="condition">What to wait for.</param>
    /// <param name="deadline">How long.</param>
    /// <param name="awaited">What is awaited, for the message.</param>
    /// <exception cref="TimeoutException">It did not come true.</exception>
    public static Task TrueAsync(
        Func<bool> condition, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(condition))] string awaited = "") =>
        GetAsync(condition, value => value, deadline, awaited);

    /// <inheritdoc cref="TrueAsync(Func{bool}, TimeSpan?, string)"/>
    public static Task TrueAsync(
        Func<Task<bool>> condition, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(condition))] string awaited = "") =>
        GetAsync(condition, value => value, deadline, awaited);

    /// <summary>Waits until something is true, or for as long as that may take: for those to whom it is a finding that it did not come true.</summary>
    /// <param name="condition">What to wait for.</param>
    /// <param name="patience">How long.</param>
    /// <param name="interval">The pause between two looks.</param>
    /// <param name="cancellationToken">Waits no longer.</param>
    /// <returns>Whether it came true.</returns>
    public static async Task<bool> ComesTrueAsync(
        Func<Task<bool>> condition, TimeSpan patience, TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed >= patience)
            {
                return false;
            }

            await Task.Delay(interval ?? Interval, cancellationToken);
        }

        return true;
    }

    /// <inheritdoc cref="ComesTrueAsync(Func{Task{bool}}, TimeSpan, TimeSpan?, CancellationToken)"/>
    public static Task<bool> ComesTrueAsync(
        Func<bool> condition, TimeSpan patience, TimeSpan? interval = null, CancellationToken cancellationToken = default) =>
        ComesTrueAsync(() => Task.FromResult(condition()), patience, interval, cancellationToken);
}
