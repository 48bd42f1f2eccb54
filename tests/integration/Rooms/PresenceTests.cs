using System.Diagnostics;
using System.Text.Json;
using StreamChat.Contracts.Rooms;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;

namespace StreamChat.IntegrationTests.Rooms;

/// <summary>Who is in a room, as its members are told on two gateways.</summary>
public sealed class PresenceTests(RabbitMqServer broker) : IAsyncLifetime
{
    private const string Hall = "~room/hall";

    private TwoGateways _gateways = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _gateways.DisposeAsync();

    [Fact]
    public async Task Members_are_told_on_every_gateway_who_comes_and_goes_and_nobody_else_is()
    {
        await StartAsync();
        var ada = await _gateways.ConnectAsync(_gateways.One, "ada");
        var eve = await _gateways.ConnectAsync(_gateways.One, "eve");
        await TwoGateways.JoinAsync(ada, Hall);
        await ReadUntilAsync(ada, "ada 1, total 1");

        var bob = await _gateways.ConnectAsync(_gateways.Two, "bob");
        await TwoGateways.JoinAsync(bob, Hall);
        await ReadUntilAsync(bob, "ada 1, bob 1, total 2");
        await ReadUntilAsync(ada, "ada 1, bob 1, total 2");

        // a member whose protocol does not show it counts as well
        var bobsPhone = await _gateways.ConnectAssistantAsync(_gateways.One, "bob");
        await bobsPhone.SendAsync(TwoGateways.Frame(new { type = "command", content = new { command = "join_room", args = new { room_id = "hall" } } }));
        await bobsPhone.ReceiveUntilAsync("command");
        await ReadUntilAsync(ada, "ada 1, bob 2, total 2");
        await ReadUntilAsync(bob, "ada 1, bob 2, total 2");

        await ada.SendAsync(TwoGateways.Frame(new { type = "leave", threadId = Hall }));
        await ada.ReceiveAsync("left");
        await ReadUntilAsync(bob, "bob 2, total 1");
        await bobsPhone.DisposeAsync();
        await ReadUntilAsync(bob, "bob 1, total 1");

        // neither who left, nor who never was in it, nor whose protocol does not show it
        await TwoGateways.AssertSilentAsync(ada, presenceToo: true);
        await TwoGateways.AssertSilentAsync(eve, presenceToo: true);
    }

    [Fact]
    public async Task Who_comes_again_is_told_again()
    {
        await StartAsync();
        var ada = await _gateways.ConnectAsync(_gateways.One, "ada");
        for (var i = 0; i < 3; i++)
        {
            await TwoGateways.JoinAsync(ada, Hall);
            await ReadUntilAsync(ada, "ada 1, total 1");
        }
    }

    [Fact]
    public async Task Members_whose_gateway_died_are_gone_when_their_lease_is_over()
    {
        await StartAsync(("Limits:Rooms:MemberLease", "00:00:03"), ("Limits:RoomRenewal", "00:00:00.2"));

        // nobody speaks for this one
        var ghost = new RoomMember { ConnectionId = "dead.1", UserId = "bob" };
        Assert.Equal(RoomStatus.Ok, (await _gateways.Rooms.JoinAsync(new JoinRoom { RoomId = "hall", Member = ghost }, Token)).Status);
        var ada = await _gateways.ConnectAsync(_gateways.One, "ada");
        await TwoGateways.JoinAsync(ada, Hall);
        await ReadUntilAsync(ada, "ada 1, bob 1, total 2");
        await ReadUntilAsync(ada, "ada 1, total 1");
    }

    [Fact]
    public async Task Many_are_counted_and_only_some_of_them_named()
    {
        await StartAsync(("Limits:PresenceUsers", "2"));
        var ada = await _gateways.ConnectAsync(_gateways.One, "ada");
        await TwoGateways.JoinAsync(ada, Hall);
        foreach (var userId in new[] { "bob", "eve", "zoe" })
        {
            await TwoGateways.JoinAsync(await _gateways.ConnectAsync(_gateways.Two, userId), Hall);
        }

        await ReadUntilAsync(ada, "ada 1, bob 1, total 4");
    }

    [Fact]
    public async Task A_storm_of_comings_costs_few_frames()
    {
        var delay = TimeSpan.FromSeconds(1);
        await StartAsync(("Limits:PresenceDelay", delay.ToString()));
        var ada = await _gateways.ConnectAsync(_gateways.One, "ada");
        await TwoGateways.JoinAsync(ada, Hall);
        var frames = await ReadUntilAsync(ada, "ada 1, total 1");
        var started = Stopwatch.GetTimestamp();
        const int Others = 40;
        await Task.WhenAll(Enumerable.Range(0, Others).Select(async i =>
        {
            var service = i % 2 == 0 ? _gateways.One : _gateways.Two;
            await TwoGateways.JoinAsync(await _gateways.ConnectAsync(service, "bob"), Hall);
        }));
        frames += await ReadUntilAsync(ada, $"ada 1, bob {Others}, total 2");

        // one at the end of each delay at most, whatever came in it
        Assert.InRange(frames, 2, 3 + (int)(Stopwatch.GetElapsedTime(started) / delay));
    }

    /// <summary>Reads until the room is as expected: what is told before may be older.</summary>
    /// <returns>How many frames it took.</returns>
    private static async Task<int> ReadUntilAsync(NativeClient client, string expected)
    {
        var seen = new List<string>();
        do
        {
            JsonElement frame;
            try
            {
                frame = await client.ReceiveAsync("presence");
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"'{expected}' did not come, but: {string.Join("; ", seen)}");
            }

            Assert.Equal(Hall, frame.GetProperty("threadId").GetString());
            seen.Add(Describe(frame));
        }
        while (seen[^1] != expected);
        return seen.Count;
    }

    private static string Describe(JsonElement frame)
    {
        var members = frame.GetProperty("members").EnumerateArray().Select(m => $"{m.GetProperty("userId").GetString()} {m.GetProperty("connections").GetInt32()}");
        return string.Join(", ", [.. members, $"total {frame.GetProperty("total").GetInt32()}"]);
    }

    private async Task StartAsync(params (string Key, string Value)[] settings)
    {
        _gateways = await TwoGateways.StartAsync(broker, (_, _) => throw new InvalidOperationException("no run is asked for"), settings);
        await _gateways.CreateRoomAsync("hall");
    }
}
