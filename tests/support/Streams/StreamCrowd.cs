using System.Globalization;

namespace StreamChat.TestSupport.Streams;

/// <summary>Many people, each of whom asks for one paced <c>/load</c> and follows it to its end, whatever happens meanwhile.</summary>
public sealed class StreamCrowd
{
    private const int BeginAtOnce = 25;

    private readonly int _tokens;
    private readonly Task _all;

    private StreamCrowd(IReadOnlyList<StreamFollower> followers, int tokens, double rate, CancellationToken cancellationToken)
    {
        Followers = followers;
        _tokens = tokens;
        var text = string.Create(CultureInfo.InvariantCulture, $"/load {tokens} {rate}");
        _all = StartAsync(followers, text, cancellationToken);
    }

    /// <summary>The people.</summary>
    public IReadOnlyList<StreamFollower> Followers { get; }

    /// <summary>Whether everybody sees tokens.</summary>
    public bool AllHaveBegun => _all.IsFaulted || Followers.All(f => f.HasBegun);

    /// <summary>How many have seen the end.</summary>
    public int Ended => Followers.Count(f => f.Transcript.Ended);

    /// <summary>Has them ask.</summary>
    /// <param name="servers">Where they connect; each begins with another one.</param>
    /// <param name="streams">How many people.</param>
    /// <param name="tokens">Tokens of each answer.</param>
    /// <param name="rate">Tokens a second.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static StreamCrowd Start(IReadOnlyList<Uri> servers, int streams, int tokens, double rate, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(servers);
        List<StreamFollower> followers = [.. Enumerable.Range(0, streams).Select(i => new StreamFollower(
            [.. Enumerable.Range(0, servers.Count).Select(s => servers[(i + s) % servers.Count])],
            string.Create(CultureInfo.InvariantCulture, $"person-{i}"),
            time))];
        return new StreamCrowd(followers, tokens, rate, cancellationToken);
    }

    /// <summary>Waits until everybody has seen the end.</summary>
    /// <param name="deadline">How long; who is not done then is stuck.</param>
    /// <exception cref="InvalidOperationException">Somebody saw something that must not be, or nothing at all; the message says what.</exception>
    public async Task FinishAsync(TimeSpan deadline)
    {
        try
        {
            await _all.WaitAsync(deadline);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            throw new InvalidOperationException($"{Followers.Count - Ended} of {Followers.Count} streams have not ended.\n{string.Join("\n", Followers.Where(f => !f.Transcript.Ended).Take(10).Select(Describe))}", e);
        }

        var wrong = Followers.Where(f => !IsWhole(f)).ToList();
        if (wrong.Count > 0)
        {
            throw new InvalidOperationException($"{wrong.Count} of {Followers.Count} streams are not what the model said.\n{string.Join("\n", wrong.Take(10).Select(Describe))}");
        }
    }

    /// <summary>The longest silence of each stream, shortest first.</summary>
    public IReadOnlyList<TimeSpan> Silences() => [.. Followers.Select(f => f.LongestSilence).Order()];

    /// <summary>One line on how it went.</summary>
    public override string ToString()
    {
        var silences = Silences();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"streams {Followers.Count}, failed {Followers.Count(f => f.Transcript.Ended && !IsWhole(f))}, reconnects {Followers.Sum(f => f.Reconnects)}, refusals {Followers.Sum(f => f.Refusals)}, "
            + $"new attempts {Followers.Sum(f => f.Transcript.Attempt - 1)}, longest silence p50 {Percentile(silences, 0.5):0} ms, p99 {Percentile(silences, 0.99):0} ms, max {silences[^1].TotalMilliseconds:0} ms");
    }

    // what a burst of beginnings does is another question
    private static async Task StartAsync(IReadOnlyList<StreamFollower> followers, string text, CancellationToken cancellationToken)
    {
        List<Task> running = new(followers.Count);
        foreach (var some in followers.Chunk(BeginAtOnce))
        {
            running.AddRange(some.Select(f => Task.Run(() => f.RunAsync(text, cancellationToken), cancellationToken)));
            await Task.WhenAll(some.Select(f => f.Begun));
        }

        await Task.WhenAll(running);
    }

    private static double Percentile(IReadOnlyList<TimeSpan> sorted, double share) =>
        sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))].TotalMilliseconds;

    private static string Describe(StreamFollower f) =>
        $"run {f.Transcript.RunId}: attempt {f.Transcript.Attempt}, seq {f.Transcript.LastSeq}, end {f.Transcript.End ?? "none"} {f.Transcript.Code}, reconnects {f.Reconnects} ({string.Join(' ', f.CloseCodes)}), refusals {f.Refusals}, statuses {string.Join(' ', f.Statuses)}";

    // each token once and in order; the transcript has checked the frames' own numbers, and that there is one end
    private bool IsWhole(StreamFollower f) =>
        f.Transcript.End == "RUN_FINISHED" && f.Transcript.LoadNumbers.SequenceEqual(Enumerable.Range(1, _tokens));
}
