using StreamChat.Client;
using StreamChat.Client.Connections;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.UnitTests.Client;

/// <summary>When a client comes back, and when it does not.</summary>
public sealed class ClientConnectionTests : IAsyncDisposable
{
    private readonly ClientWorld _world = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public void Pauses_grow_to_a_bound_and_are_anything_below_it()
    {
        TimeSpan After(int failures, double chance) => Backoff.After(failures, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15), () => chance);
        Assert.Equal([500, 1000, 2000, 15_000, 15_000], new[] { 0, 1, 2, 5, 60 }.Select(f => (int)After(f, 1).TotalMilliseconds));
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromMilliseconds(250)), (After(4, 0), After(1, 0.25)));
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(new StreamChatClientOptions().Random(), 0, 1));
        _world.Create();
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_tried_again_with_growing_pauses()
    {
        _world.NewSocket = () => new FakeSocket(refusedWith: 502);
        var connecting = _world.Create().ConnectAsync(Cancellation);
        for (var i = 1; i <= 8; i++)
        {
            await Eventually.TrueAsync(() => _world.States.Count(s => s.State == ConnectionState.Waiting) == i);
            _world.Time.Advance(_world.States.Last().RetryIn!.Value);
        }

        Assert.Equal(
            [500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000],
            _world.States.Where(s => s.State == ConnectionState.Waiting).Take(8).Select(s => (int)s.RetryIn!.Value.TotalMilliseconds));
        Assert.False(connecting.IsCompleted);
        _world.NewSocket = () => new FakeSocket();
        await Eventually.TrueAsync(() => _world.States.Count(s => s.State == ConnectionState.Waiting) == 9);
        var before = _world.SocketCount;
        _world.Time.Advance(TimeSpan.FromSeconds(15));
        FakeSocket socket;
        do
        {
            socket = await _world.SocketAsync();
        }
        while (before-- > 0);

        socket.Welcome();
        await connecting;
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(1011)]
    [InlineData(1012)]
    [InlineData(1013)]
    [InlineData(null)]
    public async Task It_comes_back_after(int? code)
    {
        var socket = await _world.OpenAsync();
        var run = _world.Client.Run("hello");
        var next = await _world.ComeBackAsync(socket, code);
        Assert.Equal($"run {run.RunId}", await next.SentInShortAsync());
        Assert.Equal(ConnectionState.Open, _world.Client.State);
        await Eventually.TrueAsync(() => socket.IsDisposed);
    }

    [Theory]
    [InlineData(1008, "policy")]
    [InlineData(4003, "revoked")]
    [InlineData(4001, "unauthorized")]
    public async Task It_does_not_come_back_after(int code, string reason)
    {
        var socket = await _world.OpenAsync();
        var run = _world.Client.Run("hello");
        var room = _world.Client.Join("~room/r");
        socket.Break(code);
        Assert.Equal(reason, Assert.IsType<ConnectionEndedException>((await run.Completion).Error).Code);
        Assert.Equal(reason, (await Assert.ThrowsAsync<ConnectionEndedException>(() => room.Joined)).Code);
        _world.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, _world.SocketCount);
        await Eventually.TrueAsync(() => _world.States.Last() == new ConnectionStateChange(ConnectionState.Closed, reason));
    }

    [Theory]
    [InlineData(401, "unauthorized")]
    [InlineData(403, "forbidden")]
    public async Task It_does_not_come_back_when_it_is_not_let_in(int status, string reason)
    {
        _world.NewSocket = () => new FakeSocket(status);
        var error = await Assert.ThrowsAsync<ConnectionEndedException>(() => _world.Create().ConnectAsync(Cancellation));
        Assert.Equal(reason, error.Code);
    }

    [Fact]
    public async Task A_server_that_is_full_says_when_to_come_back()
    {
        _world.NewSocket = () => new FakeSocket(503, TimeSpan.FromSeconds(7));
        _ = _world.Create().ConnectAsync(Cancellation);
        await _world.StateAsync(ConnectionState.Waiting);
        Assert.Equal(TimeSpan.FromSeconds(7.5), _world.States.Last().RetryIn);
    }

    [Fact]
    public async Task A_server_that_restarts_says_when_to_come_back()
    {
        var socket = await _world.OpenAsync(o => o with { Random = () => 0.5 });
        socket.Say("""{"type":"reconnect","afterMs":700}""");
        socket.Break(1012);
        await Eventually.TrueAsync(() => _world.States.Last() == new ConnectionStateChange(ConnectionState.Waiting, "lost", TimeSpan.FromMilliseconds(950)));
    }

    [Fact]
    public async Task A_token_that_has_expired_is_replaced_and_tokens_that_are_refused_for_ever_are_an_end()
    {
        var tokens = 0;
        var socket = await _world.OpenAsync(o => o with { Token = _ => ValueTask.FromResult(new AccessToken($"t{++tokens}")) });
        Assert.Equal("t1", socket.Token);
        var run = _world.Client.Run("hello");
        for (var i = 2; i <= 4; i++)
        {
            socket = await _world.ComeBackAsync(socket, 4001);
            Assert.Equal($"t{i}", socket.Token);
            Assert.False(run.IsEnded);
        }

        socket.Break(4001);
        Assert.Equal("unauthorized", (await run.Completion).Error!.Code);
    }

    [Fact]
    public async Task Who_gets_tokens_may_be_away_for_a_while()
    {
        var asked = 0;
        _ = _world.Create(o => o with
        {
            Token = _ => ++asked == 1 ? throw new IOException("not now") : ValueTask.FromResult(new AccessToken("t")),
        }).ConnectAsync(Cancellation);
        await _world.StateAsync(ConnectionState.Waiting);
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await _world.SocketAsync();
        var socket = await _world.SocketAsync();
        socket.Welcome();
        await _world.StateAsync(ConnectionState.Open);
        Assert.Equal("t", socket.Token);
    }

    [Fact]
    public async Task A_token_is_renewed_on_the_socket_before_it_expires()
    {
        var asked = 0;
        var start = _world.Time.GetUtcNow();
        var socket = await _world.OpenAsync(o => o with
        {
            Token = _ => ValueTask.FromResult(new AccessToken($"t{++asked}", start + TimeSpan.FromMinutes(10 * asked))),
            PongTimeout = TimeSpan.FromHours(1),
        });
        for (var i = 2; i <= 3; i++)
        {
            for (var waited = 0; waited < 9 * 60 + (i == 3 ? 60 : 0); waited += 20)
            {
                _world.Time.Advance(TimeSpan.FromSeconds(20));
                await socket.TakenAsync();
            }

            Assert.Equal($$"""{"type":"auth","token":"t{{i}}"}""", (await socket.SentAsync()).GetRawText());
            Assert.True(socket.HasSentAll);
            socket.Say($$"""{"type":"authenticated","expiresAt":{{(start + TimeSpan.FromMinutes(10 * i)).ToUnixTimeMilliseconds()}}}""");
            await socket.TakenAsync();
        }
    }

    [Fact]
    public async Task A_token_given_by_hand_is_told_of()
    {
        var socket = await _world.OpenAsync();
        var good = _world.Client.AuthenticateAsync(new AccessToken("new"), Cancellation);
        Assert.Equal("""{"type":"auth","token":"new"}""", (await socket.SentAsync()).GetRawText());
        socket.Say("""{"type":"authenticated","expiresAt":5}""");
        Assert.Equal(5, (await good)!.Value.ToUnixTimeMilliseconds());
        var bad = _world.Client.AuthenticateAsync(new AccessToken("theirs"), Cancellation);
        await socket.SentAsync();
        socket.Say("""{"type":"error","code":"forbidden","message":"No.","retryable":false}""");
        await Assert.ThrowsAsync<RefusedException>(() => bad);
        var lost = _world.Client.AuthenticateAsync(new AccessToken("new"), Cancellation);
        await _world.ComeBackAsync(socket);
        await Assert.ThrowsAsync<ConnectionEndedException>(() => lost);
    }

    [Fact]
    public async Task Silence_is_met_with_a_ping_and_silence_after_that_with_another_connection()
    {
        var socket = await _world.OpenAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(30));
        await Eventually.TrueAsync(() => socket.Pings == 1);
        await socket.TakenAsync();
        socket.AnswersPings = false;
        _world.Time.Advance(TimeSpan.FromSeconds(30));
        await Eventually.TrueAsync(() => socket.Pings == 2);
        Assert.Equal(ConnectionState.Open, _world.Client.State);
        _world.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ConnectionState.Waiting, _world.Client.State);
        await Eventually.TrueAsync(() => _world.States.Last().Reason == "silent");
    }

    [Fact]
    public async Task During_a_run_silence_is_shorter_and_a_wake_asks_at_once()
    {
        var socket = await _world.OpenAsync();
        socket.AnswersPings = false;
        _world.Time.Advance(TimeSpan.FromSeconds(8));
        _world.Client.Run("hello");
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        await Eventually.TrueAsync(() => socket.Pings == 1);
        _world.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ConnectionState.Waiting, _world.Client.State);
        _world.Client.Wake();
        var next = await _world.SocketAsync();
        next.Welcome();
        await _world.StateAsync(ConnectionState.Open);
        _world.Client.Wake();
        await Eventually.TrueAsync(() => next.Pings == 1);
    }

    [Fact]
    public async Task A_server_that_never_welcomes_is_given_up()
    {
        _ = _world.Create().ConnectAsync(Cancellation);
        var socket = await _world.SocketAsync();
        await socket.TakenAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ConnectionState.Waiting, _world.Client.State);
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await _world.SocketAsync();
    }

    [Fact]
    public async Task A_connection_that_rests_is_woken_by_the_next_request()
    {
        var socket = await _world.OpenAsync();
        socket.Break(1000);
        await _world.StateAsync(ConnectionState.Closed);
        _world.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, _world.SocketCount);
        var run = _world.Client.Run("hello");
        var next = await _world.SocketAsync();
        next.Welcome();
        Assert.Equal($"run {run.RunId}", await next.SentInShortAsync());
    }

    [Fact]
    public async Task A_request_too_large_for_a_frame_fails_and_the_others_go_on()
    {
        var socket = await _world.OpenAsync();
        var going = _world.Client.Run("small");
        socket.Accept(going.RunId);
        await going.Accepted;
        var large = _world.Client.Run(new string('x', 100));
        var next = await _world.ComeBackAsync(socket, 1009);
        Assert.Equal("too_large", (await large.Completion).Error!.Code);
        Assert.Equal($"attach {going.RunId}", await next.SentInShortAsync());
        Assert.True(next.HasSentAll);
    }

    [Fact]
    public async Task It_gives_up_when_told_to()
    {
        var socket = await _world.OpenAsync(o => o with { GiveUpAfter = TimeSpan.FromSeconds(5) });
        var run = _world.Client.Run("hello");
        _world.NewSocket = () => new FakeSocket(refusedWith: 502);
        socket.Break();
        await Eventually.TrueAsync(() =>
        {
            _world.Time.Advance(TimeSpan.FromMilliseconds(200));
            return run.IsEnded;
        });
        var error = Assert.IsType<ConnectionEndedException>((await run.Completion).Error);
        Assert.Equal(("gave_up", true), (error.Code, error.Retryable));
    }

    [Fact]
    public async Task Its_end_says_goodbye_and_leaves_nothing_behind()
    {
        var socket = await _world.OpenAsync();
        var run = _world.Client.Run("hello");
        var room = _world.Client.Join("t");
        await _world.Client.DisposeAsync();
        Assert.True(socket.SaidGoodbye);
        Assert.True(socket.IsDisposed);
        Assert.Equal("closed", (await run.Completion).Error!.Code);
        Assert.False(await room.GetAsyncEnumerator(Cancellation).MoveNextAsync());
        Assert.Equal(0, _world.Time.ActiveTimers);
        Assert.Throws<ObjectDisposedException>(() => _world.Client.Run("more"));
        await _world.Client.DisposeAsync();
    }
}
