using System.Globalization;
using static StreamChat.UnitTests.AgentWorker.Models.DemoModel;

namespace StreamChat.UnitTests.AgentWorker.Models;

public sealed class DemoLoadTests
{
    [Theory]
    [InlineData("/load 1", 1)]
    [InlineData(" /load 1000 ", 1000)]
    [InlineData("/load 100000", 100_000)]
    [InlineData("/load 500 1000000", 500)]
    public async Task Exactly_as_many_deltas_come_as_were_asked_for(string message, int count)
    {
        var before = Microseconds(DateTimeOffset.UtcNow);
        var deltas = await DeltasAsync(Create(perSecond: 1), User(message));
        var after = Microseconds(DateTimeOffset.UtcNow);

        Assert.Equal(count, deltas.Count);
        for (var i = 0; i < count; i++)
        {
            var parts = deltas[i].Split('@');
            Assert.Equal((i + 1).ToString(CultureInfo.InvariantCulture), parts[0]);
            Assert.EndsWith(" ", parts[1]);
            Assert.InRange(long.Parse(parts[1].Trim(), CultureInfo.InvariantCulture), before, after);
        }
    }

    [Theory]
    [InlineData("/load")]
    [InlineData("/load 0")]
    [InlineData("/load -5")]
    [InlineData("/load 1000001")]
    [InlineData("/load ten")]
    [InlineData("/load 10 0")]
    [InlineData("/load 10 5 5")]
    public async Task A_wrong_command_is_explained(string message) => Assert.StartsWith("Usage: /load N [R]", await SayAsync(message));

    [Theory]
    [InlineData("1@1700000000000000 2@1700000000000001 ", "3@")]
    [InlineData("1@1700000000000000 2@1700000000000001", " 3@")]
    [InlineData("1@1700000000000000 2@17", " 2@")]
    [InlineData("", "1@")]
    public async Task A_begun_load_is_continued_behind_its_last_whole_delta(string prefix, string first)
    {
        var deltas = await DeltasAsync(Create(), User("/load 5"), Assistant(prefix));
        Assert.StartsWith(first, deltas[0]);
        Assert.StartsWith("5@", deltas[^1]);
        Assert.Equal(5 - int.Parse(first.Trim(' ', '@'), CultureInfo.InvariantCulture) + 1, deltas.Count);
    }

    [Fact]
    public async Task A_finished_load_has_nothing_left() =>
        Assert.Empty(await DeltasAsync(Create(), User("/load 2"), Assistant("1@1700000000000000 2@1700000000000001 ")));

    [Fact]
    public async Task Cancelling_stops_it()
    {
        using var cancel = new CancellationTokenSource();
        var seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Create().GetStreamingResponseAsync([User("/load 1000000")], null, cancel.Token))
            {
                if (++seen == 100)
                {
                    await cancel.CancelAsync();
                }
            }
        });
        Assert.Equal(100, seen);
    }

    private static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
}
