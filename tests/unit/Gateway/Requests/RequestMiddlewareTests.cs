using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Gateways;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Native;
using StreamChat.Gateway.Limits;
using StreamChat.Gateway.Requests;
using StreamChat.Gateway.Requests.Handlers;
using StreamChat.Gateway.Requests.Middleware;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Identity;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Gateway.Requests;

/// <summary>Who may ask, and how much.</summary>
public sealed class RequestMiddlewareTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LimitsOptions _limits = new() { Requests = 3, RequestsPerSecond = 1 };
    private readonly AuthOptions _auth = new() { Mode = AuthMode.Required };
    private readonly ServiceProvider _services;
    private readonly AccessTokens _tokens;
    private readonly Revocations _revocations;
    private readonly Authenticator _authenticator;
    private readonly LimitsMiddleware _limiter;
    private readonly UserRates _rates;
    private readonly PendingPublishes _publishes;

    public RequestMiddlewareTests()
    {
        _services = new ServiceCollection().AddMetrics().AddSingleton<GatewayTelemetry>().BuildServiceProvider();
        var auth = Options.Create(_auth);
        _tokens = new AccessTokens(new KeyRing(auth, _time), _time, new SystemIdGenerator(_time));
        _revocations = new Revocations(auth, _time);
        _authenticator = new Authenticator(auth, _tokens, _revocations, _time);
        var telemetry = _services.GetRequiredService<GatewayTelemetry>();
        _rates = new UserRates(Options.Create(_limits), _time);
        _publishes = new PendingPublishes(Options.Create(_limits), telemetry);
        _limiter = new LimitsMiddleware(
            _rates, new AddressLimits(Options.Create(_limits), Options.Create(_auth), _time), _publishes, new UserRuns(Options.Create(_limits)), telemetry);
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Who_is_it_comes_before_how_much_and_both_before_the_queue()
    {
        var order = RequestPipeline.Order.ToList();
        Assert.Equal(
            [typeof(ValidationMiddleware), typeof(AuthMiddleware), typeof(LimitsMiddleware), typeof(TurnMiddleware)],
            order[order.IndexOf(typeof(ValidationMiddleware))..]);
    }

    [Fact]
    public async Task A_user_shares_a_bucket_over_all_connections_and_others_have_their_own()
    {
        var (tab, phone, bob) = (Connection("ada"), Connection("ada"), Connection("bob"));
        Assert.Equal(["ok", "ok", "ok", FaultCodes.RateLimited], [await LimitAsync(tab, Run), await LimitAsync(phone, Run), await LimitAsync(tab, Run), await LimitAsync(phone, Run)]);
        Assert.Equal("ok", await LimitAsync(bob, Run));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["ok", FaultCodes.RateLimited], [await LimitAsync(phone, Run), await LimitAsync(tab, Run)]);
        Assert.True(phone.Sent<Fault>().Single().Retryable);
    }

    [Fact]
    public async Task Those_without_a_name_do_not_share_one()
    {
        var (one, other) = (Connection(userId: null), Connection(userId: null));
        Assert.Equal(["ok", "ok", "ok", FaultCodes.RateLimited], [await LimitAsync(one, Run), await LimitAsync(one, Run), await LimitAsync(one, Run), await LimitAsync(one, Run)]);
        Assert.Equal("ok", await LimitAsync(other, Run));
    }

    [Fact]
    public async Task A_cancel_is_not_refused_because_of_requests_and_a_ping_because_of_neither()
    {
        var connection = Connection("ada");
        for (var i = 0; i < 4; i++)
        {
            await LimitAsync(connection, Run);
        }

        ClientFrame cancel = new CancelRequest(Guid.CreateVersion7());
        Assert.Equal(["ok", "ok", "ok", FaultCodes.RateLimited], [await LimitAsync(connection, cancel), await LimitAsync(connection, new CancelAllRequest()), await LimitAsync(connection, cancel), await LimitAsync(connection, new AuthRequest("t"))]);
        for (var i = 0; i < 15; i++)
        {
            Assert.Equal("ok", await LimitAsync(connection, new PingRequest(null)));
            Assert.Equal("ok", await LimitAsync(connection, new PongRequest()));
        }

        // but not without end; who does not wait for an answer gets none
        var sent = connection.Sent<ServerEvent>().Count();
        Assert.Equal("ok", await LimitAsync(connection, new PongRequest()));
        Assert.Equal(sent, connection.Sent<ServerEvent>().Count());
        Assert.Equal(FaultCodes.RateLimited, await LimitAsync(connection, new PingRequest(null)));
    }

    [Fact]
    public async Task What_finds_nothing_counts_as_several_requests_and_the_rest_is_owed()
    {
        _limits.Requests = 10;
        var connection = Connection("ada");
        Assert.Equal(FaultCodes.NotFound, await LimitAsync(connection, Run, finds: false));
        Assert.Equal(FaultCodes.NotFound, await LimitAsync(connection, Run, finds: false));
        Assert.Equal(FaultCodes.RateLimited, await LimitAsync(connection, Run));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(FaultCodes.NotFound, await LimitAsync(connection, Run, finds: false));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(FaultCodes.RateLimited, await LimitAsync(connection, Run));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("ok", await LimitAsync(connection, Run));
    }

    [Fact]
    public async Task What_waits_for_the_broker_is_counted_until_it_is_published_or_served()
    {
        (_limits.Requests, _limits.PublishBytesPerUser) = (100, 100_000);
        var (tab, phone) = (Connection("ada"), Connection("ada"));
        var served = new TaskCompletionSource();
        var context = new RequestContext(tab, Run, CancellationToken.None) { Bytes = 90_000 };
        var serving = _limiter.InvokeAsync(context, async _ => await served.Task).AsTask();
        Assert.Equal(FaultCodes.Busy, await LimitAsync(phone, Run, bytes: 20_000));
        Assert.Equal("ok", await LimitAsync(Connection("bob"), Run, bytes: 20_000));

        // the run goes on, and holds nothing of what was asked
        context.Published();
        Assert.Empty(((RunRequest)context.Frame).Messages);
        Assert.Equal("ok", await LimitAsync(phone, Run, bytes: 20_000));
        served.SetResult();
        await serving;
        Assert.Equal(0, _publishes.Total);
    }

    [Fact]
    public async Task A_large_frame_that_only_names_a_run_holds_no_bytes_while_it_waits()
    {
        (_limits.Requests, _limits.PublishBytesPerUser) = (100, 100_000);
        var connection = Connection("ada");
        var served = new TaskCompletionSource();
        var attaching = LimitAsync(connection, new AttachRequest(Guid.CreateVersion7(), null, 1, 0), served.Task, bytes: 1_000_000);
        Assert.Equal(PendingPublishes.Overhead, _publishes.Total);
        Assert.Equal("ok", await LimitAsync(connection, Run, bytes: 20_000));
        served.SetResult();
        Assert.Equal("ok", await attaching);
        Assert.Equal(0, _publishes.Total);
    }

    [Fact]
    public async Task What_finds_nothing_counts_as_several_requests_of_its_address_too()
    {
        _auth.Mode = AuthMode.Open;
        _limits.RequestsPerAddress = 10;
        var address = IPAddress.Parse("192.0.2.7");
        Assert.Equal(FaultCodes.NotFound, await LimitAsync(Connection("name-1", address), Run, finds: false));
        Assert.Equal(FaultCodes.NotFound, await LimitAsync(Connection("name-2", address), Run, finds: false));
        Assert.Equal(FaultCodes.RateLimited, await LimitAsync(Connection("name-3", address), Run));
    }

    [Fact]
    public async Task Names_that_cost_nothing_share_the_bucket_of_their_address_in_which_a_run_counts_as_several()
    {
        _auth.Mode = AuthMode.Open;
        _limits.RequestsPerAddress = 5 * _limits.RunCost;
        var answers = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            answers.Add(await LimitAsync(Connection($"name-{i}", IPAddress.Parse("192.0.2.7")), Run));
        }

        Assert.Equal(["ok", "ok", "ok", "ok", "ok", FaultCodes.RateLimited], answers);
        Assert.Equal("ok", await LimitAsync(Connection("other", IPAddress.Parse("192.0.2.8")), Run));
    }

    [Fact]
    public async Task Bad_frames_end_the_connection_when_good_ones_between_them_do_not_stop_them()
    {
        var validation = new ValidationMiddleware(_rates);
        var connection = Connection("ada");
        var bad = new InvalidFrame(new Fault(FaultCodes.InvalidJson, "bad"));
        for (var i = 0; i < 30; i++)
        {
            await validation.InvokeAsync(new RequestContext(connection, bad, CancellationToken.None), _ => default);
        }

        Assert.Equal((30, false), (connection.Sent<ServerEvent>().Count(), connection.HasEnded));
        await validation.InvokeAsync(new RequestContext(connection, bad, CancellationToken.None), _ => default);
        Assert.Equal((30, true), (connection.Sent<ServerEvent>().Count(), connection.HasEnded));
    }

    [Fact]
    public async Task Runs_of_a_user_are_limited_until_one_ends()
    {
        _limits.RunsPerUser = 1;
        var (tab, phone) = (Connection("ada"), Connection("ada"));
        var running = new TaskCompletionSource();
        var first = LimitAsync(tab, Run, running.Task);
        Assert.Equal(FaultCodes.Busy, await LimitAsync(phone, Run));
        Assert.Equal("ok", await LimitAsync(Connection("bob"), Run));
        running.SetResult();
        Assert.Equal("ok", await first);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("ok", await LimitAsync(phone, Run));
    }

    [Fact]
    public async Task An_expired_token_serves_for_nothing_but_a_new_one()
    {
        var connection = Connection(_tokens.Read(Token("ada", 60))!);
        Assert.Equal("ok", await AuthAsync(connection, Run));
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(FaultCodes.Forbidden, await AuthAsync(connection, Run));
        Assert.Equal(FaultCodes.Forbidden, await AuthAsync(connection, new PingRequest(null)));
        Assert.Equal("ok", await AuthAsync(connection, new AuthRequest("t")));
    }

    [Fact]
    public async Task A_revoked_token_serves_for_nothing()
    {
        var caller = _tokens.Read(Token("ada", 60))!;
        var connection = Connection(caller);
        _revocations.Add([new TokenRevocation { TokenId = caller.TokenId, RevokedAt = _time.GetUtcNow(), Until = caller.ExpiresAt!.Value }]);
        Assert.Equal(FaultCodes.Forbidden, await AuthAsync(connection, Run));
    }

    [Fact]
    public async Task A_new_token_of_the_same_user_is_taken_and_its_end_is_told()
    {
        var connection = Connection(_tokens.Read(Token("ada", 60))!);
        await HandleAsync(connection, new AuthRequest(Token("ada", 600)));
        var expected = _time.GetUtcNow().AddSeconds(600);
        Assert.Equal(expected, connection.Sent<Authenticated>().Single().ExpiresAt);
        Assert.Equal(expected, connection.Caller.ExpiresAt);
    }

    [Fact]
    public async Task Another_users_token_an_expired_one_and_rubbish_change_nothing()
    {
        var before = _tokens.Read(Token("ada", 60))!;
        var connection = Connection(before);
        var old = Token("ada", 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        foreach (var token in (string[])[Token("bob", 60), old, "rubbish", ""])
        {
            await HandleAsync(connection, new AuthRequest(token));
        }

        Assert.Equal(4, connection.Sent<Fault>().Count(f => f.Code == FaultCodes.Forbidden));
        Assert.Empty(connection.Sent<Authenticated>());
        Assert.Same(before, connection.Caller);
    }

    [Fact]
    public async Task In_open_mode_no_token_is_needed()
    {
        _auth.Mode = AuthMode.Open;
        var connection = Connection("ada");
        Assert.Equal("ok", await AuthAsync(connection, Run));
        await HandleAsync(connection, new AuthRequest("whatever"));
        Assert.Null(connection.Sent<Authenticated>().Single().ExpiresAt);
    }

    private static RunRequest Run => new() { Messages = [new InputMessage { Role = "user", Content = "hi" }] };

    private string Token(string userId, int seconds) => _tokens.Make(userId, "shop", [], TimeSpan.FromSeconds(seconds));

    private Task<string> LimitAsync(FakeConnection connection, ClientFrame frame, Task? work = null, int bytes = 0, bool finds = true) =>
        PassAsync(_limiter, connection, frame, work, bytes, finds);

    private Task<string> AuthAsync(FakeConnection connection, ClientFrame frame) => PassAsync(new AuthMiddleware(_authenticator), connection, frame);

    private async Task HandleAsync(FakeConnection connection, AuthRequest frame) =>
        await ((IRequestHandler)new AuthHandler(_authenticator)).HandleAsync(new RequestContext(connection, frame, CancellationToken.None));

    private static async Task<string> PassAsync(
        IRequestMiddleware middleware, FakeConnection connection, ClientFrame frame, Task? work = null, int bytes = 0, bool finds = true)
    {
        var context = new RequestContext(connection, frame, CancellationToken.None) { Bytes = bytes };
        await middleware.InvokeAsync(context, async next =>
        {
            await (work ?? Task.CompletedTask);
            if (!finds)
            {
                next.Refuse(FaultCodes.NotFound, "none");
            }
        });
        return context.Outcome;
    }

    private FakeConnection Connection(string? userId, IPAddress? address = null) => new(Caller.Believed(userId), _time) { Address = address };

    private FakeConnection Connection(Caller caller) => new(caller, _time);

    private sealed class FakeConnection(Caller caller, TimeProvider time) : IClientConnection
    {
        private readonly List<ServerEvent> _sent = [];

        public string Id { get; } = $"g.{Guid.CreateVersion7()}";

        public string UserId => Caller.UserId;

        public Caller Caller { get; private set; } = caller;

        public IPAddress? Address { get; init; }

        public bool HasEnded { get; private set; }

        public IDialect Dialect { get; } = new NativeDialect(Options.Create(new LimitsOptions()), new MessageExtensions([]));

        public DateTimeOffset OpenedAt => time.GetUtcNow();

        public ActivityContext Handshake => default;

        public ConnectionRuns Runs { get; } = new();

        public ConnectionThreads Threads { get; } = new();

        public bool HasRoom => true;

        public bool IsDrained => true;

        public Liveness Liveness { get; } = new(time);

        public TurnQueue Turns { get; } = new(1, CancellationToken.None);

        public IEnumerable<T> Sent<T>() => _sent.OfType<T>();

        public void Send(ServerEvent serverEvent) => _sent.Add(serverEvent);

        public void Renew(Caller caller) => Caller = caller;

        public void CountBadFrame(bool isLast = false) => HasEnded |= isLast;

        public void OnPutOut(string threadId)
        {
        }

        public void OnLost(Guid runId, RunRefusal refusal)
        {
        }

        public void OnOpened(Guid runId, string threadId, string? roomId, object? tag)
        {
        }

        public void OnAccepted(Guid runId, string threadId, string? traceId)
        {
        }

        public void OnText(in RunText text)
        {
        }

        public void OnRunEvent(Guid runId, int attempt, RunEvent runEvent)
        {
        }
    }
}
