using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StreamChat.Gateway;
using StreamChat.Gateway.Limits;

namespace StreamChat.UnitTests.Gateway.Limits;

public sealed class LimitsConfigurationTests
{
    [Fact]
    public void The_documented_variables_are_read_in_seconds()
    {
        Assert.Equal(TimeSpan.FromSeconds(12.5), Read(("WS_HEARTBEAT_INTERVAL", "12.5")).Heartbeat);
        Assert.Equal(TimeSpan.Zero, Read(("WS_HEARTBEAT_INTERVAL", "0")).Heartbeat);
        Assert.Equal(7, Read(("WS_MAX_CONNECTIONS", "7")).AgentEngine.Connections);
        Assert.Equal(0, Read(("WS_MAX_CONNECTIONS", "0")).AgentEngine.Connections);
        Assert.Equal(1000, Read(("WS_MAX_CONNECTIONS", "")).AgentEngine.Connections);
    }

    [Fact]
    public void The_keys_of_the_section_go_before_them()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), Read(("WS_HEARTBEAT_INTERVAL", "9"), ("Limits:Heartbeat", "00:00:05")).Heartbeat);
        Assert.Equal(5, Read(("WS_MAX_CONNECTIONS", "9"), ("Limits:AgentEngine:Connections", "5")).AgentEngine.Connections);
    }

    [Theory]
    [InlineData("WS_HEARTBEAT_INTERVAL", "soon")]
    [InlineData("WS_HEARTBEAT_INTERVAL", "-1")]
    [InlineData("WS_HEARTBEAT_INTERVAL", "3601")]
    [InlineData("WS_HEARTBEAT_INTERVAL", "00:00:30")]
    [InlineData("Limits:TrustedProxies:0", "everybody")]
    [InlineData("Limits:TrustedProxies:0", "10.0.0.0/33")]
    [InlineData("Limits:RequestsPerSecond", "0")]
    [InlineData("Limits:ConnectionsPerAddress", "-1")]
    [InlineData("Limits:AuraWell:ConnectionsPerUser", "-1")]
    [InlineData("Limits:AuraWell:MessageCharacters", "0")]
    [InlineData("Limits:AgentEngine:Connections", "-1")]
    public void A_wrong_value_is_named_by_its_key(string key, string value)
    {
        var e = Assert.Throws<OptionsValidationException>(() => Read((key, value)));
        Assert.Contains(e.Failures, f => f.StartsWith($"{key}: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("many")]
    [InlineData("-1")]
    [InlineData("1.5")]
    public void A_wrong_number_of_connections_is_named_too(string value)
    {
        var e = Assert.Throws<OptionsValidationException>(() => Read(("WS_MAX_CONNECTIONS", value)));
        Assert.StartsWith("WS_MAX_CONNECTIONS: ", Assert.Single(e.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.5")]
    [InlineData("172.16.0.0/12")]
    [InlineData("2001:db8::/32")]
    [InlineData("::1")]
    public void An_address_or_a_network_can_be_trusted(string value) =>
        Assert.Equal([value], Read(("Limits:TrustedProxies:0", value)).TrustedProxies);

    private static LimitsOptions Read(params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build());
        services.AddLimits();
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<LimitsOptions>>().Value;
    }
}
