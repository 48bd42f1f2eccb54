using StreamChat.Client;

namespace StreamChat.UnitTests.Client;

/// <summary>What a client sees of rooms.</summary>
public sealed class ClientRoomTests : IAsyncLifetime
{
    private const string Room = "~room/r";

    private readonly ClientWorld _world = new();
    private readonly Guid _theirs = Guid.CreateVersion7();
    private FakeSocket _socket = null!;
    private ChatRoom _room = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _socket = await _world.OpenAsync(o => o with { MaxRuns = 3 });
        _room = _world.Client.Join(Room);
        Assert.Equal($"join {Room}", await _socket.SentInShortAsync());
        _socket.Say($$"""{"type":"joined","threadId":"{{Room}}"}""");
        await _room.Joined;
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Runs_of_others_are_a_stream()
    {
        await using var runs = _room.GetAsyncEnumerator(Cancellation);
        var next = runs.MoveNextAsync();
        new FakeRun(_socket, _theirs).Start(Room).Text("hello").Finish();
        Assert.True(await next);
        Assert.Equal((_theirs, "hello"), (runs.Current.RunId, (await runs.Current.GetResultAsync(Cancellation)).Text));

        // seen to its end: a late repeat of it is no new run
        new FakeRun(_socket, _theirs).Start(Room);
        await _socket.TakenAsync();
        Assert.Empty(_world.Client.Runs);
    }

    [Fact]
    public async Task After_a_loss_the_room_is_joined_before_what_happens_in_it_is_asked_for()
    {
        var own = _world.Client.Run("hello", Room);
        var privately = _world.Client.Run("hello", "elsewhere");
        new FakeRun(_socket, _theirs).Start(Room).Text("a");
        var next = await _world.ComeBackAsync(_socket);
        Assert.Equal($"join {Room}", await next.SentInShortAsync());
        Assert.Equal($"run {privately.RunId}", await next.SentInShortAsync());
        Assert.True(next.HasSentAll);
        next.Say($$"""{"type":"joined","threadId":"{{Room}}"}""");
        Assert.Equal($"run {own.RunId}", await next.SentInShortAsync());
        Assert.Equal(
            $$"""{"type":"attach","runId":"{{_theirs}}","threadId":"{{Room}}","attempt":1,"afterSeq":3}""", (await next.SentAsync()).GetRawText());
    }

    [Fact]
    public async Task One_met_in_the_middle_is_asked_for_from_its_beginning()
    {
        new FakeRun(_socket, _theirs, afterSeq: 7).Text("dle");
        Assert.Equal(0, (await _socket.SentAsync()).GetProperty("afterSeq").GetInt64());
        new FakeRun(_socket, _theirs).Start(Room).Text("middle").Finish();
        await using var runs = _room.GetAsyncEnumerator(Cancellation);
        Assert.True(await runs.MoveNextAsync());
        Assert.Equal("middle", (await runs.Current.GetResultAsync(Cancellation)).Text);
    }

    [Fact]
    public async Task Who_is_not_let_in_is_told()
    {
        var other = _world.Client.Join("~room/other");
        _socket.Say("""{"type":"error","code":"forbidden","message":"No.","retryable":false,"threadId":"~room/other"}""");
        Assert.Equal("forbidden", (await Assert.ThrowsAsync<RefusedException>(() => other.Joined)).Code);
        await Assert.ThrowsAsync<RefusedException>(async () => await other.GetAsyncEnumerator(Cancellation).MoveNextAsync());
    }

    [Fact]
    public async Task Who_was_in_and_finds_the_room_full_comes_back()
    {
        var next = await _world.ComeBackAsync(_socket);
        await next.SentAsync();
        next.Say($$"""{"type":"error","code":"busy","message":"Full.","retryable":true,"threadId":"{{Room}}"}""");
        await next.TakenAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal($"join {Room}", await next.SentInShortAsync());
    }

    [Fact]
    public async Task A_place_that_is_lost_ends_the_room_and_what_others_say_in_it()
    {
        new FakeRun(_socket, _theirs).Start(Room);
        _socket.Say($$"""{"type":"left","threadId":"{{Room}}"}""");
        await using var runs = _room.GetAsyncEnumerator(Cancellation);
        Assert.True(await runs.MoveNextAsync());
        Assert.Equal("left", (await runs.Current.Completion).Error!.Code);
        await Assert.ThrowsAsync<RefusedException>(async () => await runs.MoveNextAsync());
    }

    [Fact]
    public async Task Runs_that_nobody_takes_are_forgotten_from_the_oldest_on_and_leaving_ends_the_stream()
    {
        var ids = Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7()).ToList();
        ids.ForEach(id => new FakeRun(_socket, id).Start(Room).Finish());
        await _socket.TakenAsync();
        _room.Leave();
        Assert.Equal($"leave {Room}", await _socket.SentInShortAsync());
        List<Guid> seen = [];
        await foreach (var run in _room)
        {
            seen.Add(run.RunId);
        }

        Assert.Equal(ids[2..], seen);
        Assert.Equal(2, _room.Dropped);
    }
}
