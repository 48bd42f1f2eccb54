using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Rooms;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Cleanup;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Rooms;

/// <summary>Rooms and joined threads over two gateways and two workers that share a broker and a store.</summary>
public sealed class RoomTests(RabbitMqServer broker) : IAsyncLifetime
{
    private const string Hall = "~room/hall";

    private readonly DisposableStack _open = new();
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WholeService _one = null!;
    private WholeService _two = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IRoomStore Store => _one.Services.GetRequiredService<IRoomStore>();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _go.TrySetResult();
        await _open.DisposeAsync();
    }

    [Fact]
    public async Task Who_joined_on_another_gateway_sees_the_whole_run_once_and_in_order_and_nobody_else_does()
    {
        await StartAsync();
        await CreateRoomAsync("hall");
        var ada = await ConnectAsync(_one, "ada");
        var bob = await ConnectAsync(_two, "bob");
        var adaToo = await ConnectAsync(_one, "ada");
        var eve = await ConnectAsync(_two, "eve");
        await TwoGateways.JoinAsync(ada, Hall);
        await TwoGateways.JoinAsync(bob, Hall);
        _go.SetResult();

        var run = await ada.RunAsync("count", threadId: Hall);
        var seen = new Transcript(run.RunId, asked: false);
        await bob.ReadToEndAsync(seen);
        Assert.Equal("RUN_FINISHED", run.End);
        Assert.Equal(Numbers, run.Text);
        Assert.Equal((run.Text, run.End, run.LastSeq), (seen.Text, seen.End, seen.LastSeq));
        await TwoGateways.AssertSilentAsync(eve);
        await TwoGateways.AssertSilentAsync(adaToo);

        // the room remembers, whoever asks; and the first one now sees the other's run
        var next = await bob.RunAsync("recall", threadId: Hall);
        Assert.Equal($"count|{Numbers}|recall", next.Text);
        var seenByAda = new Transcript(next.RunId, asked: false);
        await ada.ReadToEndAsync(seenByAda);
        Assert.Equal(next.Text, seenByAda.Text);
    }

    [Fact]
    public async Task Who_is_not_in_the_room_gets_nowhere()
    {
        await StartAsync(("Limits:AttachPatience", "00:00:00"));
        await CreateRoomAsync("hall");
        await CreateRoomAsync("den", isPrivate: true);
        var ada = await ConnectAsync(_one, "ada");
        var eveHere = await ConnectAsync(_one, "eve");
        var eveThere = await ConnectAsync(_two, "eve");
        await TwoGateways.JoinAsync(ada, Hall);
        var runId = await ada.StartAsync("count", threadId: Hall);
        await ada.ReceiveAsync("accepted");

        foreach (var eve in new[] { eveHere, eveThere })
        {
            Assert.Equal("forbidden", (await eve.RunAsync("recall", threadId: Hall)).Code);
            Assert.Equal("not_found", await TwoGateways.ErrorAsync(eve, new { type = "attach", runId }));
            Assert.Equal("not_found", await TwoGateways.ErrorAsync(eve, new { type = "attach", runId, threadId = Hall }));
            Assert.Equal("forbidden", await TwoGateways.ErrorAsync(eve, new { type = "join", threadId = "~room/den" }));
            Assert.Equal("forbidden", await TwoGateways.ErrorAsync(eve, new { type = "join", threadId = "~room/user_ada_room" }));
            Assert.Equal("not_found", await TwoGateways.ErrorAsync(eve, new { type = "join", threadId = "~room/nowhere" }));
            await TwoGateways.AssertSilentAsync(eve);
        }

        _go.SetResult();
        var run = new Transcript(runId, asked: false);
        await ada.ReadToEndAsync(run);
        Assert.Equal("RUN_FINISHED", run.End);
        await TwoGateways.AssertSilentAsync(eveHere);
        await TwoGateways.AssertSilentAsync(eveThere);
        Assert.Equal("not_found", await TwoGateways.ErrorAsync(eveHere, new { type = "attach", runId }));
        Assert.Equal("not_found", await TwoGateways.ErrorAsync(eveThere, new { type = "attach", runId, threadId = Hall }));
    }

    [Fact]
    public async Task Who_leaves_sees_no_more_also_of_what_is_under_way()
    {
        await StartAsync();
        await CreateRoomAsync("hall");
        var ada = await ConnectAsync(_one, "ada");
        var bob = await ConnectAsync(_two, "bob");
        await TwoGateways.JoinAsync(ada, Hall);
        await TwoGateways.JoinAsync(bob, Hall);
        var runId = await ada.StartAsync("count", threadId: Hall);
        var seen = new Transcript(runId, asked: false);
        await bob.ReadUntilAsync(seen, () => seen.Deltas > 0);

        await bob.SendAsync(TwoGateways.Frame(new { type = "leave", threadId = Hall }));
        await bob.ReceiveAsync("left");
        Assert.Equal(1, await MembersAsync("hall"));
        _go.SetResult();
        await ada.ReceiveAsync("RUN_FINISHED");
        await TwoGateways.AssertSilentAsync(bob);
        Assert.Equal("forbidden", (await bob.RunAsync("recall", threadId: Hall)).Code);
    }

    [Fact]
    public async Task A_user_sees_the_same_thread_and_the_private_room_on_several_connections()
    {
        await StartAsync();
        _go.SetResult();
        foreach (var thread in new[] { "notes", "~room/user_ada_room" })
        {
            var asking = await ConnectAsync(_one, "ada");
            var here = await ConnectAsync(_one, "ada");
            var there = await ConnectAsync(_two, "ada");
            var apart = await ConnectAsync(_two, "ada");
            await TwoGateways.JoinAsync(here, thread);
            await TwoGateways.JoinAsync(there, thread);
            var run = await asking.RunAsync("count", threadId: thread);
            foreach (var other in new[] { here, there })
            {
                var seen = new Transcript(run.RunId, asked: false);
                await other.ReadToEndAsync(seen);
                Assert.Equal((Numbers, run.LastSeq), (seen.Text, seen.LastSeq));
            }

            await TwoGateways.AssertSilentAsync(apart);
        }

        // a thread that another user calls the same is another thread
        var bob = await ConnectAsync(_two, "bob");
        var ada = await ConnectAsync(_one, "ada");
        await TwoGateways.JoinAsync(bob, "notes");
        await ada.RunAsync("count", threadId: "notes");
        await TwoGateways.AssertSilentAsync(bob);
    }

    [Fact]
    public async Task A_room_takes_as_many_connections_as_it_may_and_those_that_go_make_place()
    {
        await StartAsync();
        await CreateRoomAsync("hall", maxMembers: 2);
        var ada = await ConnectAsync(_one, "ada");
        var bob = await NativeClient.ConnectAsync(_two.Address, "bob");
        var eve = await ConnectAsync(_two, "eve");
        await TwoGateways.JoinAsync(ada, Hall);
        await TwoGateways.JoinAsync(bob, Hall);
        Assert.Equal("busy", await TwoGateways.ErrorAsync(eve, new { type = "join", threadId = Hall }));
        await TwoGateways.JoinAsync(ada, Hall);

        await bob.DisposeAsync();
        await Eventually.GetAsync(() => MembersAsync("hall"), members => members == 1);
        await TwoGateways.JoinAsync(eve, Hall);
    }

    [Fact]
    public async Task Members_are_renewed_and_come_back_when_the_store_has_forgotten_them()
    {
        await StartAsync(("Limits:Rooms:MemberLease", "00:00:02"), ("Limits:RoomRenewal", "00:00:00.2"));
        await CreateRoomAsync("hall", maxMembers: 1);
        var ada = await ConnectAsync(_one, "ada");
        await TwoGateways.JoinAsync(ada, Hall);
        var expiry = await ExpiryAsync();
        await Eventually.GetAsync(ExpiryAsync, later => later > expiry + 2500, TimeSpan.FromSeconds(30));
        Assert.Equal(1, await MembersAsync("hall"));

        // as after an outage that outlasted the lease
        await Store.LeaveAsync(new LeaveRoom { ConnectionId = Id(ada) }, Token);
        await Eventually.GetAsync(() => MembersAsync("hall"), members => members == 1);

        // and somebody else has taken the place in the meantime
        RoomStatus status;
        do
        {
            await Store.LeaveAsync(new LeaveRoom { ConnectionId = Id(ada) }, Token);
            status = (await Store.JoinAsync(new JoinRoom { RoomId = "hall", Member = new RoomMember { ConnectionId = "other.1", UserId = "bob" } }, Token)).Status;
        }
        while (status == RoomStatus.Full);
        Assert.Equal(Hall, (await ada.ReceiveAsync("left")).GetProperty("threadId").GetString());
        Assert.Equal("forbidden", (await ada.RunAsync("recall", threadId: Hall)).Code);
    }

    [Fact]
    public async Task One_process_without_a_broker_has_rooms_too()
    {
        _one = _open.Add(await WholeService.StartAsync(new Uri("amqp://localhost"), Script, settings: ("Bus:Transport", "InMemory")));
        await CreateRoomAsync("hall");
        var ada = await ConnectAsync(_one, "ada");
        var bob = await ConnectAsync(_one, "bob");
        await TwoGateways.JoinAsync(ada, Hall);
        await TwoGateways.JoinAsync(bob, Hall);
        var run = new Transcript(await ada.StartAsync("count", threadId: Hall));
        var seen = new Transcript(run.RunId, asked: false);
        await bob.ReadUntilAsync(seen, () => seen.Deltas > 0);
        await bob.SendAsync(TwoGateways.Frame(new { type = "attach", runId = run.RunId, afterSeq = seen.LastSeq }));
        _go.SetResult();
        await bob.ReadToEndAsync(seen);
        await ada.ReadToEndAsync(run);
        Assert.Equal((Numbers, run.LastSeq), (seen.Text, seen.LastSeq));
    }

    private static string Numbers => string.Concat(Enumerable.Range(1, 200).Select(i => $"{i} "));

    private static string Id(NativeClient client) => client.Welcome.GetProperty("connectionId").GetString()!;

    private async Task StartAsync(params (string Key, string Value)[] settings)
    {
        var virtualHost = await broker.CreateVirtualHostAsync();
        _one = _open.Add(await WholeService.StartAsync(virtualHost, Script, settings: settings));
        _two = _open.Add(await WholeService.StartAsync(virtualHost, Script, settings: [_one.Store, .. settings]));
    }

    /// <summary>Numbers, the rest of them when the test says so; or what it has been told.</summary>
    private async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (messages[^1].Text == "recall")
        {
            yield return ScriptedModel.Text(string.Join('|', messages.Where(m => m.Role != ChatRole.System).Select(m => m.Text)));
            yield break;
        }

        for (var i = 1; i <= 200; i++)
        {
            yield return ScriptedModel.Text($"{i} ");
            if (i == 20)
            {
                await _go.Task.WaitAsync(cancellationToken);
            }
        }
    }

    private async Task<NativeClient> ConnectAsync(WholeService service, string userId) => _open.Add(await service.ConnectAsync(userId));

    /// <summary>A room whose creator has left again.</summary>
    private async Task CreateRoomAsync(string roomId, int maxMembers = 10, bool isPrivate = false)
    {
        var creator = new RoomMember { ConnectionId = "maker.1", UserId = "maker" };
        var answer = await Store.CreateAsync(new CreateRoom { RoomId = roomId, MaxMembers = maxMembers, IsPrivate = isPrivate, Member = creator }, Token);
        Assert.Equal(RoomStatus.Ok, answer.Status);
        await Store.LeaveAsync(new LeaveRoom { RoomId = roomId, ConnectionId = creator.ConnectionId }, Token);
    }

    private async Task<int> MembersAsync(string roomId) => (await Store.ListAsync(new ListRooms(), Token)).Rooms.Single(r => r.RoomId == roomId).Members;

    private Task<long> ExpiryAsync() => _one.QueryAsync("select coalesce(max(expires_at), 0) from room_members");
}
