using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.Gateway;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects;
using StreamChat.Hosting.Identity;

namespace StreamChat.UnitTests.Gateway.Connections;

/// <summary>Which protocols a gateway speaks, by configuration.</summary>
public sealed class DialectSwitchesTests
{
    private const string All = "native assistant aurawell agent-engine yychat session";

    [Theory]
    [InlineData("", All)]
    [InlineData("Dialects:native:Enabled=true", All)]
    [InlineData("Dialects:yychat:Enabled=false", "native assistant aurawell agent-engine session")]
    [InlineData("Dialects:agent-engine:Enabled=false", "native assistant aurawell yychat session")]
    [InlineData("Dialects:agent_engine:Enabled=False", "native assistant aurawell yychat session")]
    [InlineData("Dialects:AgentEngine:enabled=false", "native assistant aurawell yychat session")]
    [InlineData("Dialects:session:Enabled=false Dialects:YYCHAT:Enabled=false", "native assistant aurawell agent-engine")]
    public void A_dialect_is_on_unless_it_is_switched_off(string settings, string expected) =>
        Assert.Equal(expected, string.Join(' ', Switches(settings).Names));

    [Theory]
    [InlineData("Dialects:nativ:Enabled=false", "Dialects:nativ")]
    [InlineData("Dialects:*:Enabled=false", "Dialects:*")]
    [InlineData("Dialects:native:Enable=false", "Dialects:native:Enable")]
    [InlineData("Dialects:native:Enabled=no", "Dialects:native:Enabled")]
    [InlineData("Dialects:native:Enabled=", "Dialects:native:Enabled")]
    [InlineData("Dialects:native=false", "Dialects:native")]
    [InlineData("Dialects=native", "Dialects")]
    public void A_key_that_would_leave_a_door_open_stops_the_process_and_is_named(string settings, string key)
    {
        var e = Assert.Throws<OptionsValidationException>(() => Switches(settings));
        var failure = Assert.Single(e.Failures);
        Assert.StartsWith($"{key}: ", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_key_is_named_at_once() =>
        Assert.Equal(2, Assert.Throws<OptionsValidationException>(() => Switches("Dialects:a:Enabled=false Dialects:b:Enabled=true")).Failures.Count());

    [Theory]
    [InlineData("", "ChatDialect")]
    [InlineData("Dialects:yychat:Enabled=false", "SessionDialect")]
    [InlineData("Dialects:session:Enabled=false", "YYChatDialect")]
    [InlineData("Dialects:session:Enabled=false Dialects:yychat:Enabled=false", null)]
    public void Of_a_shared_path_each_is_switched_off_by_its_own_name(string settings, string? expected)
    {
        using var services = Services(settings);
        var shared = services.GetServices<DialectRoute>().Single(r => r.Path == "/ws/chat").Dialect;
        Assert.Equal(expected, services.GetRequiredService<DialectSwitches>().Of(shared)?.GetType().Name);
    }

    [Fact]
    public void The_one_that_is_left_of_a_shared_path_reads_no_frame_of_the_other()
    {
        Assert.IsType<InvalidFrame>(Left("Dialects:session:Enabled=false").Parse("""{"query":"hi"}"""u8.ToArray()));
        Assert.IsType<InvalidFrame>(Left("Dialects:yychat:Enabled=false").Parse("""{"type":"text_message","content":"hi"}"""u8.ToArray()));

        static IDialectSession Left(string settings)
        {
            using var services = Services(settings);
            var shared = services.GetServices<DialectRoute>().Single(r => r.Path == "/ws/chat").Dialect;
            return services.GetRequiredService<DialectSwitches>().Of(shared)!.NewSession(
                new SessionStart("g.1", "ada", new Dictionary<string, string>(), services.GetRequiredService<IIdGenerator>()));
        }
    }

    private static DialectSwitches Switches(string settings)
    {
        using var services = Services(settings);
        return services.GetRequiredService<DialectSwitches>();
    }

    private static ServiceProvider Services(string settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=')).ToDictionary(s => s[0], s => (string?)s[1]))
            .Build())
        .AddSingleton(TimeProvider.System)
        .AddSingleton<IIdGenerator>(new SystemIdGenerator(TimeProvider.System))
        .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
        .AddMetrics()
        .AddGateway()
        .BuildServiceProvider();
}
