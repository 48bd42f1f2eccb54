using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using StreamChat.Abuse.Network;

namespace StreamChat.Abuse.Clients;

/// <summary>Many bad clients at once.</summary>
internal static class BadCrowd
{
    /// <summary>The outcome that counts each attempt, before anything has come of it.</summary>
    public const string Round = "tried";

    private const int AddressCrowd = 9;
    private static readonly TimeSpan Ramp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RoundDeadline = TimeSpan.FromMinutes(3);

    /// <summary>Has clients misbehave, evenly of all kinds given, until the token fires.</summary>
    /// <param name="server">Base address.</param>
    /// <param name="kinds">How they misbehave.</param>
    /// <param name="clients">How many they are.</param>
    /// <param name="addresses">How many addresses they share.</param>
    /// <param name="seed">Determines their choices.</param>
    /// <param name="outcomes">Counts how often which outcome was seen, by <c>kind: outcome</c>.</param>
    /// <param name="over">Ends it.</param>
    public static async Task RunAsync(
        Uri server,
        IReadOnlyList<BadClientKind> kinds,
        int clients,
        int addresses,
        int seed,
        ConcurrentDictionary<string, long> outcomes,
        CancellationToken over)
    {
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async number =>
        {
            var kind = kinds[number % kinds.Count];
            void Count(string outcome) => outcomes.AddOrUpdate($"{kind.Name}: {outcome}", 1, (_, count) => count + 1);
            var name = string.Create(CultureInfo.InvariantCulture, $"bad-{seed}-{number}");
            var context = new BadClientContext(
                server, LoopbackAddress.Of(AddressCrowd, number % addresses), name, new Random(HashCode.Combine(seed, number)), Count);
            try
            {
                await Task.Delay(Ramp * number / clients, over);
                while (true)
                {
                    await RoundAsync(kind, context, over);
                    await Task.Delay(kind.Pause, over);
                }
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                // the measurement is over
            }
        }));
    }

    private static async Task RoundAsync(BadClientKind kind, BadClientContext context, CancellationToken over)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(over);
        deadline.CancelAfter(RoundDeadline);
        context.Count(Round);
        try
        {
            await kind.RoundAsync(context, deadline.Token);
        }
        catch (Exception e) when (e is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            context.Count("connection refused");
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            context.Count("broken by the server");
        }
        catch (OperationCanceledException) when (!over.IsCancellationRequested)
        {
            context.Count("nothing happened for 3 min");
        }
    }
}
