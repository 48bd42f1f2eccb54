using System.Net;
using Microsoft.Extensions.Options;
using StreamChat.Gateway;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Limits;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Gateway.Limits;

/// <summary>What an address may do, unless an operator says otherwise.</summary>
public sealed class AddressLimitsTests
{
    private static readonly IPAddress Office = IPAddress.Parse("192.0.2.1");

    private readonly FakeTimeProvider _time = new();
    private readonly LimitsOptions _limits = new();
    private readonly AuthOptions _auth = new() { Mode = AuthMode.Open };

    [Fact]
    public void In_mode_open_an_address_has_limits_and_this_machine_has_not()
    {
        var addresses = Addresses();
        Assert.Equal(
            (256, 0, 0, 0),
            (addresses.Connections(Office), addresses.Connections(IPAddress.Loopback), addresses.Connections(IPAddress.IPv6Loopback), addresses.Connections(IPAddress.Loopback.MapToIPv6())));
        Assert.All(Enumerable.Range(0, 600), _ => Assert.Null(addresses.Take(Office)));
        Assert.Equal(TimeSpan.FromSeconds(0.01), addresses.Take(Office));
        Assert.Null(addresses.Take(IPAddress.Parse("192.0.2.2")));
        Assert.All(Enumerable.Range(0, 2000), _ => Assert.Null(addresses.Take(IPAddress.Loopback)));
        Assert.Null(addresses.Take(null));
    }

    [Fact]
    public void In_mode_required_there_are_none()
    {
        _auth.Mode = AuthMode.Required;
        var addresses = Addresses();
        Assert.Equal(0, addresses.Connections(Office));
        Assert.All(Enumerable.Range(0, 2000), _ => Assert.Null(addresses.Take(Office)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_set_holds_for_all(bool open)
    {
        _auth.Mode = open ? AuthMode.Open : AuthMode.Required;
        (_limits.ConnectionsPerAddress, _limits.RequestsPerAddress) = (3, 2);
        var addresses = Addresses();
        Assert.Equal((3, 3), (addresses.Connections(Office), addresses.Connections(IPAddress.Loopback)));
        Assert.Equal([null, null], [addresses.Take(IPAddress.Loopback), addresses.Take(IPAddress.Loopback)]);
        Assert.NotNull(addresses.Take(IPAddress.Loopback));
        (_limits.ConnectionsPerAddress, _limits.RequestsPerAddress) = (0, 0);
        Assert.Equal(0, addresses.Connections(Office));
        Assert.Null(addresses.Take(IPAddress.Loopback));
    }

    [Fact]
    public void What_costs_more_is_owed()
    {
        var addresses = Addresses();
        Assert.All(Enumerable.Range(0, 30), _ => Assert.Null(addresses.Take(Office, cost: 20)));
        Assert.NotNull(addresses.Take(Office));
        _time.Advance(TimeSpan.FromSeconds(0.01));
        Assert.Null(addresses.Take(Office, cost: 20));
        _time.Advance(TimeSpan.FromSeconds(0.19));
        Assert.NotNull(addresses.Take(Office));
    }

    private AddressLimits Addresses() => new(Options.Create(_limits), Options.Create(_auth), _time);
}
