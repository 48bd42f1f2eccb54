using System.Collections.Concurrent;
using StreamChat.Abuse.Clients;
using StreamChat.Abuse.People;
using StreamChat.Abuse.Product;
using StreamChat.TestSupport.Processes;

namespace StreamChat.EndToEndTests.Abuse;

/// <summary>The short form of <c>bench/abuse</c>: nobody who behaves well notices that somebody else does not.</summary>
public sealed class AbuseTests
{
    private const int People = 3;
    private const int TurnsOfEach = 12;
    private const int OfEachKind = 2;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Standalone_serves_people_beside_bad_clients_of_every_kind()
    {
        using var folder = new TemporaryFolder();
        await using var stack = await ProductStack.StartAsync(RepositoryLayout.Root, distributed: false, postgres: false, Settings, folder.Path, descriptors: 0);
        await AssertPeopleAreServedAsync(stack);
    }

    [Fact]
    public async Task Edge_and_gateways_with_a_thousand_descriptors_serve_people_and_reject_a_crowd_that_does_not_fit()
    {
        using var folder = new TemporaryFolder();
        await using var stack = await ProductStack.StartAsync(RepositoryLayout.Root, distributed: true, postgres: false, Settings, folder.Path, descriptors: 1_000);
        await AssertPeopleAreServedAsync(stack);

        // two descriptors a socket: these need more than there are
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using (var crowd = new IdleCrowd())
        {
            await crowd.OpenAsync([(stack.Front, 1_200)], over.Token);
            Assert.True(crowd.Report.Opened > 0, crowd.Report.ToJson());
            Assert.True(crowd.Report.Refused.Count > 0, $"All of them fitted: {crowd.Report.ToJson()}");
            Assert.Equal(0, crowd.Report.Lost);
            AssertNoneEnded(stack);
            await over.CancelAsync();
        }

        // when they have left, there is capacity again; a handshake before that may be rejected, and is tried again
        var report = await ChatAsync(stack, turns => turns >= 1, TestContext.Current.CancellationToken);
        Assert.True(report.Turns >= People && report.Lost == 0, $"{report.ToJson()}\n{Logs(stack)}");
        AssertNoneEnded(stack);
    }

    // answers come at once, so that many turns take little time
    private static Dictionary<string, string?> Settings => new() { ["Model__Demo__TokensPerSecond"] = "0" };

    private static async Task AssertPeopleAreServedAsync(ProductStack stack)
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        var kinds = BadClientKind.All;
        var clients = kinds.Count * OfEachKind;
        var outcomes = new ConcurrentDictionary<string, long>();
        var bad = BadCrowd.RunAsync(stack.Front, kinds, clients, addresses: clients, seed: 1, outcomes, over.Token);

        // until people have had their turns, and bad clients have got what they deserve
        string[] deserved = [.. kinds.Select(kind => $"{kind.Name}: {BadCrowd.Round}"), "bad-frames: close 1008", "large-frames: close 1009"];
        var report = await ChatAsync(stack, turns => turns >= TurnsOfEach && deserved.All(outcomes.ContainsKey), cancelled);
        await over.CancelAsync();
        await bad;

        Assert.All(deserved, outcome => Assert.Contains(outcome, outcomes.Keys));
        Assert.DoesNotContain(outcomes.Keys, key => key.StartsWith("header-bytes: HTTP 5", StringComparison.Ordinal));
        var seen = $"{report.ToJson()}\n{Logs(stack)}";
        Assert.True(report.Turns >= People * TurnsOfEach, seen);
        Assert.True(report is { Lost: 0, Disconnects: 0, Failed.Count: 0, Rejected.Count: 0 }, seen);
        AssertNoneEnded(stack);
    }

    /// <summary>Has people chat until something is true of the turns that each of them has had, or the deadline is over.</summary>
    private static async Task<PeopleReport> ChatAsync(ProductStack stack, Func<int, bool> until, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(Deadline);
        var done = new int[People];
        return await Person.ChatAsync(
            stack.Front,
            People,
            over.Token,
            (person, finished) =>
            {
                done[person] = finished;
                if (until(done.Min()))
                {
                    over.Cancel();
                }
            });
    }

    private static void AssertNoneEnded(ProductStack stack) =>
        Assert.All(stack.Processes, process => Assert.True(process.Aborts == 0, $"{process.Name} ended.\n{Logs(stack)}"));

    private static string Logs(ProductStack stack) =>
        string.Join('\n', stack.Processes.Select(p => $"--- {p.Name}\n{string.Join('\n', File.ReadLines(p.LogFile).TakeLast(40))}"));
}
