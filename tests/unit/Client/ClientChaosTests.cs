using StreamChat.Client;

namespace StreamChat.UnitTests.Client;

/// <summary>What is shown is what was said, whatever the network does. What is drawn can be had again by its seed, the order of threads cannot.</summary>
public sealed class ClientChaosTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_is_shown_is_what_was_said_over_a_hundred_bad_networks()
    {
        var (attempts, losses) = (0, 0);
        await Parallel.ForEachAsync(Enumerable.Range(1, 100), TestContext.Current.CancellationToken, async (seed, _) =>
        {
            var (a, l) = await RunAsync(seed);
            Interlocked.Add(ref attempts, a);
            Interlocked.Add(ref losses, l);
        });

        // it was no walk in the park
        Assert.True(attempts > 150, $"{attempts} attempts");
        Assert.True(losses > 300, $"{losses} losses");
    }

    private static async Task<(int Attempts, int Losses)> RunAsync(int seed)
    {
        var random = new Random(seed);
        var chance = new Random(-seed);
        await using var world = new ClientWorld();
        var server = new FakeRunServer(random);
        var client = world.Create(o => o with
        {
            Random = chance.NextDouble,
            Patience = TimeSpan.FromDays(1),
            BufferBytes = seed % 2 == 0 ? 500 : 1 << 20,
        });
        var run = client.Run("hello");
        var reading = ShowAsync(run);
        var losses = 0;
        FakeSocket? live = null;
        using var deadline = new CancellationTokenSource(Patience);
        for (var step = 0; !run.IsEnded; step++)
        {
            Assert.False(deadline.IsCancellationRequested, $"seed {seed}: stuck in state {client.State} at {run.Position}");
            if (world.LastSocket is { } newest && newest != live)
            {
                live = newest;
                if (random.NextDouble() < 0.85)
                {
                    live.Welcome();
                }
                else
                {
                    live.Break();
                }
            }
            else if (client.State == ConnectionState.Open && live is not null)
            {
                server.Read(live);
                server.Work(isLast: step > 300);
                server.Send(live);

                // a network that breaks for ever lets nobody through
                if (step < 2_000 && random.NextDouble() < 0.03)
                {
                    losses++;
                    server.Lose(live);
                    live.Break(random.Next(4) switch { 0 => null, 1 => 1001, 2 => 1012, _ => 1013 });
                }
            }

            world.Time.Advance(TimeSpan.FromMilliseconds(random.NextDouble() < 0.1 ? 1_000 : 20));
            await Task.Yield();
        }

        var outcome = await run.Completion;
        Assert.True(outcome.IsFinished, $"seed {seed}: {outcome.Error}");
        Assert.Equal(1, server.Starts);
        Assert.Equal(server.Text, run.Text);
        Assert.Equal(server.Text, await reading);
        return (server.Attempts, losses);
    }

    private static async Task<string> ShowAsync(ChatRun run)
    {
        var shown = "";
        await foreach (var e in run)
        {
            shown = e switch { TextReplaced now => now.Text, TextMessageContent more => shown + more.Delta, _ => shown };
        }

        return shown;
    }
}
