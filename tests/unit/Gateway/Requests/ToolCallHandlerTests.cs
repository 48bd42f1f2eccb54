using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.Gateway;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Session;
using StreamChat.Gateway.Limits;
using StreamChat.Gateway.Requests;
using StreamChat.Gateway.Requests.Handlers;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Identity;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Gateway.Requests;

/// <summary>What is refused of a client's own tool calls before anything goes on the bus.</summary>
public sealed class ToolCallHandlerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LimitsOptions _limits = new() { ToolArguments = 1000 };
    private readonly AuthOptions _auth = new();
    private readonly ServiceProvider _services;
    private readonly UserToolCalls _calls;
    private readonly ToolCallHandler _handler;

    public ToolCallHandlerTests()
    {
        _services = new ServiceCollection().AddMetrics().AddSingleton<GatewayTelemetry>().BuildServiceProvider();
        var auth = Options.Create(_auth);
        var ids = new SystemIdGenerator(_time);
        var authenticator = new Authenticator(auth, new AccessTokens(new KeyRing(auth, _time), _time, ids), new Revocations(auth, _time), _time);
        _calls = new UserToolCalls(Options.Create(_limits));

        // there is no bus in the container: what is not refused ends in an error of the tool
        _handler = new ToolCallHandler(
            _services.GetRequiredService<IServiceScopeFactory>(), authenticator, _calls, _services.GetRequiredService<GatewayTelemetry>(), Options.Create(_limits),
            Options.Create(new BusOptions()), ids, _time, NullLogger<ToolCallHandler>.Instance);
    }

    public void Dispose() => _services.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("anonymous")]
    public async Task In_required_mode_nobody_without_a_name_calls_a_tool(string? userId)
    {
        _auth.Mode = AuthMode.Required;
        var connection = Connection(userId);
        await CallAsync(connection, "{}");
        Assert.Equal((FaultCodes.Forbidden, false), (Fault(connection).Code, Fault(connection).Retryable));

        _auth.Mode = AuthMode.Open;
        var open = Connection(userId);
        await CallAsync(open, "{}");
        Assert.Empty(open.Sent.OfType<Fault>());
        Assert.Single(open.Sent.OfType<ToolCalled>());
    }

    [Fact]
    public async Task Arguments_are_bounded_in_bytes_of_utf8()
    {
        var connection = Connection("ada");
        await CallAsync(connection, $$"""{"a":"{{new string('x', 992)}}"}""");
        Assert.Empty(connection.Sent.OfType<Fault>());
        await CallAsync(connection, $$"""{"a":"{{new string('x', 993)}}"}""");
        Assert.Equal(FaultCodes.TooLarge, Fault(connection).Code);
        Assert.Contains("1001 bytes", Fault(connection).Message, StringComparison.Ordinal);

        var chinese = Connection("ada");
        await CallAsync(chinese, $$"""{"a":"{{new string('字', 400)}}"}""");
        Assert.Equal(FaultCodes.TooLarge, Fault(chinese).Code);
    }

    [Theory]
    [InlineData(61, false)]
    [InlineData(62, true)]
    [InlineData(400, true)]
    public async Task Arguments_are_bounded_in_depth_whatever_a_frame_may_have(int arrays, bool refused)
    {
        var connection = Connection("ada");
        await CallAsync(connection, $$"""{"a":{{new string('[', arrays)}}{{new string(']', arrays)}}}""");
        Assert.Equal(refused ? [FaultCodes.TooLarge] : Array.Empty<string>(), connection.Sent.OfType<Fault>().Select(f => f.Code));
    }

    [Fact]
    public async Task A_user_has_so_many_calls_at_once_over_all_connections_and_others_have_their_own()
    {
        Assert.True(_calls.TryEnter("user:ada", out var first));
        for (var i = 1; i < _limits.ToolCallsPerUser; i++)
        {
            Assert.True(_calls.TryEnter("user:ada", out _));
        }

        var connection = Connection("ada");
        await CallAsync(connection, "{}");
        Assert.Equal((FaultCodes.Busy, true), (Fault(connection).Code, Fault(connection).Retryable));

        foreach (var other in new[] { Connection("bob"), Connection(null) })
        {
            await CallAsync(other, "{}");
            Assert.Single(other.Sent.OfType<ToolCalled>());
        }

        first.Dispose();
        for (var i = 0; i < 3; i++)
        {
            // one slot is free, and each call gives it back
            await CallAsync(connection, "{}");
        }

        Assert.Equal(3, connection.Sent.OfType<ToolCalled>().Count());
    }

    [Fact]
    public async Task What_a_client_is_told_of_a_failure_holds_nothing_of_it()
    {
        var connection = Connection("ada");
        await CallAsync(connection, "{}");
        Assert.Equal("the tools cannot be reached at the moment", Assert.Single(connection.Sent.OfType<ToolCalled>()).Error);
    }

    private static Fault Fault(FakeConnection connection) => connection.Sent.OfType<Fault>().Last();

    private static FakeConnection Connection(string? userId)
    {
        FakeConnection connection = new(new SessionDialect(Options.Create(new LimitsOptions())), id: $"g.{Guid.NewGuid()}", userId: userId ?? "anonymous");
        connection.Renew(Caller.Believed(userId));
        return connection;
    }

    private ValueTask CallAsync(FakeConnection connection, string arguments) => _handler.HandleAsync(new RequestContext(
        connection, new ToolCallRequest("calculator", JsonElement.Parse(arguments, new JsonDocumentOptions { MaxDepth = 1000 })), CancellationToken.None));
}
