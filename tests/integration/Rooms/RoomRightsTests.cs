using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.Contracts.Rooms;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;

namespace StreamChat.IntegrationTests.Rooms;

/// <summary>Who may ask and stop in a room, and who hears what is said to it, over two gateways.</summary>
public sealed class RoomRightsTests(RabbitMqServer broker) : IAsyncLifetime
{
    private const string Hall = "~room/hall";

    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TwoGateways _gateways = null!;

    private static string Numbers => string.Concat(Enumerable.Range(1, 200).Select(i => $"{i} "));

    public async ValueTask InitializeAsync() => _gateways = await TwoGateways.StartAsync(broker, Script);

    public async ValueTask DisposeAsync()
    {
        _go.TrySetResult();
        await _gateways.DisposeAsync();
    }

    [Fact]
    public async Task Where_only_the_creator_speaks_the_others_look_on()
    {
        _go.SetResult();
        await CreateAsync(RoomSpeakers.Creator, RoomCancellers.Asker);
        var ada = await JoinAsync(_gateways.One, "ada");
        var bob = await JoinAsync(_gateways.Two, "bob");
        Assert.Equal("forbidden", (await bob.RunAsync("count", threadId: Hall)).Code);
        var run = await ada.RunAsync("count", threadId: Hall);
        Assert.Equal(Numbers, run.Text);
        var seen = new Transcript(run.RunId, asked: false);
        await bob.ReadToEndAsync(seen);
        Assert.Equal((run.Text, run.LastSeq), (seen.Text, seen.LastSeq));

        // elsewhere he speaks as ever
        Assert.Equal(Numbers, (await bob.RunAsync("count", threadId: "notes")).Text);
    }

    [Theory]
    [InlineData(RoomCancellers.Asker, "bob", false)]
    [InlineData(RoomCancellers.Asker, "ada", false)]
    [InlineData(RoomCancellers.Creator, "bob", false)]
    [InlineData(RoomCancellers.Creator, "ada", true)]
    [InlineData(RoomCancellers.Members, "bob", true)]
    public async Task Who_else_may_stop_a_run_is_the_rooms_to_say(RoomCancellers cancel, string userId, bool may)
    {
        await CreateAsync(RoomSpeakers.Members, cancel);
        var asking = await JoinAsync(_gateways.One, "eve");
        var other = await JoinAsync(_gateways.Two, userId);
        var run = new Transcript(await asking.StartAsync("count", threadId: Hall));
        await asking.ReadUntilAsync(run, () => run.Deltas > 0);
        var seen = new Transcript(run.RunId, asked: false);
        await other.ReadUntilAsync(seen, () => seen.Deltas > 0);
        var frame = new { type = "cancel", runId = run.RunId };
        if (may)
        {
            await other.SendAsync(TwoGateways.Frame(frame));
            await asking.ReadToEndAsync(run);
            await other.ReadToEndAsync(seen);
            Assert.Equal(("cancelled", "cancelled"), (run.Code, seen.Code));
        }
        else
        {
            Assert.Equal("forbidden", await TwoGateways.ErrorAsync(other, frame));
            _go.SetResult();
            await asking.ReadToEndAsync(run);
            Assert.Equal(("RUN_FINISHED", Numbers), (run.End, run.Text));
        }
    }

    [Fact]
    public async Task Who_is_not_in_the_room_stops_nothing_there()
    {
        await CreateAsync(RoomSpeakers.Members, RoomCancellers.Members);
        var ada = await JoinAsync(_gateways.One, "ada");
        var run = new Transcript(await ada.StartAsync("count", threadId: Hall));
        await ada.ReadUntilAsync(run, () => run.Deltas > 0);
        foreach (var service in new[] { _gateways.One, _gateways.Two })
        {
            var eve = await _gateways.ConnectAsync(service, "eve");
            await eve.SendAsync(TwoGateways.Frame(new { type = "cancel", runId = run.RunId }));
            await eve.SendAsync(TwoGateways.Frame(new { type = "cancel", runId = run.RunId, threadId = Hall }));

            // a word of hers that is obeyed comes behind those that are not
            var own = new Transcript(await eve.StartAsync("count"));
            await eve.ReadUntilAsync(own, () => own.Deltas > 0);
            await eve.SendAsync(TwoGateways.Frame(new { type = "cancel", runId = own.RunId }));
            await eve.ReadToEndAsync(own);
            Assert.Equal("cancelled", own.Code);
            await TwoGateways.AssertSilentAsync(eve);
        }

        _go.SetResult();
        await ada.ReadToEndAsync(run);
        Assert.Equal(("RUN_FINISHED", Numbers), (run.End, run.Text));
    }

    [Fact]
    public async Task The_assistants_protocol_sets_and_tells_the_rights()
    {
        var ada = await _gateways.ConnectAssistantAsync(_gateways.One, "ada");
        var open = await CommandAsync(ada, new { command = "create_room", args = new { room_id = "open" } });
        Assert.Equal("{}", open.GetProperty("room_info").GetProperty("metadata").GetRawText());
        var made = await CommandAsync(ada, new { command = "create_room", args = new { room_id = "hall", speak = "creator", cancel = "members" } });
        var metadata = made.GetProperty("room_info").GetProperty("metadata");
        Assert.Equal(("creator", "members"), (metadata.GetProperty("speak").GetString(), metadata.GetProperty("cancel").GetString()));
        var wrong = await CommandAsync(ada, new { command = "create_room", args = new { room_id = "other", speak = "nobody" } });
        Assert.True(wrong.TryGetProperty("error", out _));

        var bob = await JoinAsync(_gateways.Two, "bob");
        Assert.Equal("forbidden", (await bob.RunAsync("count", threadId: Hall)).Code);
    }

    [Fact]
    public async Task A_broadcast_to_a_room_reaches_its_members_on_both_gateways_and_nobody_else()
    {
        await _gateways.CreateRoomAsync("hall");
        List<JsonSocket> members = [];
        List<JsonSocket> others = [];
        foreach (var service in new[] { _gateways.One, _gateways.Two })
        {
            foreach (var userId in new[] { "ada", "bob" })
            {
                var member = await _gateways.ConnectAssistantAsync(service, userId);
                var joined = await CommandAsync(member, new { command = "join_room", args = new { room_id = "hall" } });
                Assert.True(joined.GetProperty("success").GetBoolean());
                members.Add(member);
                others.Add(await _gateways.ConnectAssistantAsync(service, userId));
            }
        }

        // in our own protocol too
        var native = await _gateways.ConnectAsync(_gateways.Two, "eve");
        await TwoGateways.JoinAsync(native, Hall);
        var outside = await _gateways.ConnectAsync(_gateways.Two, "eve");
        using var http = new HttpClient { BaseAddress = _gateways.One.Address };
        using var body = JsonContent.Create(new { message_type = "data", content = "to the hall", room_id = "hall" });
        using var answer = await http.PostAsync(new Uri("/broadcast", UriKind.Relative), body, TestContext.Current.CancellationToken);
        var said = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(5, said.GetProperty("sent_count").GetInt32());
        var frame = await native.ReceiveAsync("broadcast");
        Assert.Equal(("data", "to the hall", Hall), (frame.GetProperty("kind").GetString(), frame.GetProperty("content").GetString(), frame.GetProperty("threadId").GetString()));
        Assert.Equal(said.GetProperty("message_id").GetString(), frame.GetProperty("messageId").GetString());
        await TwoGateways.AssertSilentAsync(outside);
        foreach (var member in members)
        {
            Assert.Equal("to the hall", (await member.ReceiveUntilAsync("data"))[^1].GetProperty("content").GetString());
        }

        foreach (var other in others)
        {
            await other.SendAsync("""{"type":"ping","content":{}}""");
            Assert.Equal("pong", Assert.Single(await other.ReceiveUntilAsync("pong")).GetProperty("type").GetString());
        }
    }

    private static async Task<JsonElement> CommandAsync(JsonSocket socket, object content)
    {
        await socket.SendAsync(TwoGateways.Frame(new { type = "command", content }));
        JsonElement frame;
        do
        {
            frame = await socket.ReceiveAsync();
        }
        while (frame.GetProperty("type").GetString() is not ("command" or "error"));
        return frame.GetProperty("content");
    }

    private Task CreateAsync(RoomSpeakers speak, RoomCancellers cancel) => _gateways.CreateRoomAsync(
        new CreateRoom { RoomId = "hall", Speak = speak, Cancel = cancel, Member = new RoomMember { ConnectionId = "maker.1", UserId = "ada" } });

    private async Task<NativeClient> JoinAsync(WholeService service, string userId)
    {
        var client = await _gateways.ConnectAsync(service, userId);
        await TwoGateways.JoinAsync(client, Hall);
        return client;
    }

    /// <summary>Numbers, the rest of them when the test says so.</summary>
    private async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 1; i <= 200; i++)
        {
            yield return ScriptedModel.Text($"{i} ");
            if (i == 20)
            {
                await _go.Task.WaitAsync(cancellationToken);
            }
        }
    }
}
