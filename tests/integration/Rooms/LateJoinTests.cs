using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;

namespace StreamChat.IntegrationTests.Rooms;

/// <summary>Who joins a thread sees what is under way in it, whole and once, on whichever gateway.</summary>
public sealed class LateJoinTests(RabbitMqServer broker) : IAsyncLifetime
{
    private const string Hall = "~room/hall";

    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _hold = new();
    private TwoGateways _gateways = null!;

    private static string Numbers => string.Concat(Enumerable.Range(1, 200).Select(i => $"{i} "));

    public async ValueTask InitializeAsync()
    {
        _gateways = await TwoGateways.StartAsync(broker, Script);
        await _gateways.CreateRoomAsync("hall");
    }

    public async ValueTask DisposeAsync()
    {
        _go.TrySetResult();
        await _gateways.DisposeAsync();
    }

    [Fact]
    public async Task Who_joins_in_the_middle_sees_the_run_from_its_start_on_either_gateway()
    {
        var ada = await _gateways.ConnectAsync(_gateways.One, "ada");
        await TwoGateways.JoinAsync(ada, Hall);
        var run = new Transcript(await ada.StartAsync("count", threadId: Hall));
        await ada.ReadUntilAsync(run, () => run.Deltas > 0);

        var late = new List<(NativeClient Client, Transcript Seen)>();
        foreach (var service in new[] { _gateways.One, _gateways.Two, _gateways.Two })
        {
            var bob = await _gateways.ConnectAsync(service, "bob");
            await TwoGateways.JoinAsync(bob, Hall);
            var seen = new Transcript(run.RunId, asked: false);
            await bob.ReadUntilAsync(seen, () => seen.Text.StartsWith("1 2 3 ", StringComparison.Ordinal));
            late.Add((bob, seen));
        }

        // who is there already joins again, which changes nothing
        await TwoGateways.JoinAsync(late[0].Client, Hall);
        _go.SetResult();
        await ada.ReadToEndAsync(run);
        Assert.Equal(Numbers, run.Text);
        foreach (var (client, seen) in late)
        {
            await client.ReadToEndAsync(seen);
            Assert.Equal((run.Text, run.LastSeq, run.End), (seen.Text, seen.LastSeq, seen.End));
            await TwoGateways.AssertSilentAsync(client);
        }

        // and what has ended is not shown to who comes after that
        var after = await _gateways.ConnectAsync(_gateways.Two, "eve");
        await TwoGateways.JoinAsync(after, Hall);
        await TwoGateways.AssertSilentAsync(after);
    }

    [Theory]
    [InlineData("notes")]
    [InlineData("~room/user_ada_room")]
    public async Task A_second_device_sees_the_run_under_way_and_nobody_elses_does(string thread)
    {
        var desk = await _gateways.ConnectAsync(_gateways.One, "ada");
        var run = new Transcript(await desk.StartAsync("count", threadId: thread));
        await desk.ReadUntilAsync(run, () => run.Deltas > 0);

        // a thread that is called the same is another one
        var bob = await _gateways.ConnectAsync(_gateways.Two, "bob");
        await TwoGateways.JoinAsync(bob, thread.Replace("ada", "bob", StringComparison.Ordinal));
        var phone = await _gateways.ConnectAsync(_gateways.Two, "ada");
        await TwoGateways.JoinAsync(phone, thread);
        _go.SetResult();
        var seen = new Transcript(run.RunId, asked: false);
        await phone.ReadToEndAsync(seen);
        await desk.ReadToEndAsync(run);
        Assert.Equal((Numbers, run.LastSeq), (seen.Text, seen.LastSeq));
        await TwoGateways.AssertSilentAsync(bob);
    }

    [Fact]
    public async Task Who_comes_back_goes_on_where_it_stood_and_is_shown_nothing_again()
    {
        var ada = await _gateways.ConnectAsync(_gateways.One, "ada");
        await TwoGateways.JoinAsync(ada, Hall);
        var run = new Transcript(await ada.StartAsync("count", threadId: Hall));
        await ada.ReadUntilAsync(run, () => run.Text.EndsWith(" 20 ", StringComparison.Ordinal));

        var back = await _gateways.ConnectAsync(_gateways.Two, "bob");
        await back.SendAsync(TwoGateways.Frame(new { type = "join", threadId = Hall, except = new[] { run.RunId } }));
        await back.ReceiveAsync("joined");
        await TwoGateways.AssertSilentAsync(back);
        var afterSeq = run.LastSeq - 5;
        await back.SendAsync(TwoGateways.Frame(new { type = "attach", runId = run.RunId, threadId = Hall, attempt = 1, afterSeq }));
        _go.SetResult();
        var rest = new Transcript(run.RunId, asked: false, afterSeq: afterSeq);
        await back.ReadToEndAsync(rest);
        await ada.ReadToEndAsync(run);
        Assert.Equal((run.LastSeq, run.End), (rest.LastSeq, rest.End));
        Assert.EndsWith(rest.Text, run.Text, StringComparison.Ordinal);
        Assert.StartsWith("16 17 18 19 20 21 ", rest.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_that_wait_for_their_turn_are_shown_too()
    {
        var ada = await _gateways.ConnectAsync(_gateways.One, "ada");
        await TwoGateways.JoinAsync(ada, Hall);
        var first = new Transcript(await ada.StartAsync("count", threadId: Hall));
        await ada.ReadUntilAsync(first, () => first.Deltas > 0);
        var second = await ada.StartAsync("count", threadId: Hall);
        await ReadStartAsync(ada, second);

        var bob = await _gateways.ConnectAsync(_gateways.Two, "bob");
        await TwoGateways.JoinAsync(bob, Hall);
        _go.SetResult();
        var frames = await ReadEndsAsync(bob, first.RunId, second);
        foreach (var runId in new[] { first.RunId, second })
        {
            var seen = new Transcript(runId, asked: false);
            frames.ForEach(seen.Add);
            Assert.Equal(("RUN_FINISHED", Numbers), (seen.End, seen.Text));
        }
    }

    [Fact]
    public async Task Whoever_joins_while_a_run_begins_sees_it_once()
    {
        _go.SetResult();
        var ada = await _gateways.ConnectAsync(_gateways.One, "ada");
        await TwoGateways.JoinAsync(ada, Hall);
        for (var round = 0; round < 40; round++)
        {
            // the end waits for all to have joined, so that whatever they missed was missed and not over
            var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _hold = joined;
            List<NativeClient> others = [];
            for (var i = 0; i < 4; i++)
            {
                others.Add(await (i % 2 == 0 ? _gateways.Two : _gateways.One).ConnectAsync($"user-{i}"));
            }

            // from before the request to after the first event, in steps that differ from round to round
            var runId = Guid.CreateVersion7();
            var joins = others.Select(async (other, i) =>
            {
                for (var wait = (round + (i * 7)) % 25; wait > 0; wait--)
                {
                    await PingAsync(other);
                }

                await other.SendAsync(TwoGateways.Frame(new { type = "join", threadId = Hall }));
                List<JsonElement> frames = [];
                do
                {
                    frames.Add(await other.ReceiveAsync());
                }
                while (Type(frames[^1]) != "joined");
                return frames;
            }).ToList();
            await ada.StartAsync("hold", threadId: Hall, runId: runId);
            var before = await Task.WhenAll(joins);
            joined.SetResult();

            var run = new Transcript(runId);
            await ada.ReadToEndAsync(run);
            Assert.Equal(Numbers, run.Text);
            for (var i = 0; i < others.Count; i++)
            {
                var seen = new Transcript(runId, asked: false);
                foreach (var frame in before[i])
                {
                    seen.Add(frame);
                }

                await others[i].ReadToEndAsync(seen);
                Assert.Equal((run.Text, run.LastSeq, run.End), (seen.Text, seen.LastSeq, seen.End));
                await TwoGateways.AssertSilentAsync(others[i]);
                await others[i].DisposeAsync();
            }
        }
    }

    private static string? Type(JsonElement frame) => frame.GetProperty("type").GetString();

    private static async Task PingAsync(NativeClient client)
    {
        await client.SendAsync("""{"type":"ping"}""");
        await client.ReceiveAsync("pong");
    }

    private static async Task ReadStartAsync(NativeClient client, Guid runId)
    {
        JsonElement frame;
        do
        {
            frame = await client.ReceiveAsync("RUN_STARTED");
        }
        while (frame.GetProperty("runId").GetGuid() != runId);
    }

    private static async Task<List<JsonElement>> ReadEndsAsync(NativeClient client, params Guid[] runIds)
    {
        var missing = runIds.ToHashSet();
        List<JsonElement> frames = [];
        while (missing.Count > 0)
        {
            frames.Add(await client.ReceiveAsync());
            if (Type(frames[^1]) is "RUN_FINISHED" or "RUN_ERROR")
            {
                missing.Remove(frames[^1].GetProperty("runId").GetGuid());
            }
        }

        return frames;
    }

    /// <summary>Numbers, the rest of them when the test says so.</summary>
    private async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var go = messages[^1].Text == "hold" ? _hold.Task : _go.Task;
        for (var i = 1; i <= 200; i++)
        {
            yield return ScriptedModel.Text($"{i} ");
            if (i == 20)
            {
                await go.WaitAsync(cancellationToken);
            }
        }
    }
}
