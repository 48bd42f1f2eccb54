using System.Net;
using Microsoft.Extensions.Options;
using StreamChat.Gateway;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Limits;

namespace StreamChat.UnitTests.Gateway.Limits;

public sealed class ConnectionPlacesTests
{
    private static readonly IPAddress Home = IPAddress.Parse("192.0.2.1");

    private readonly LimitsOptions _limits = new() { Connections = 10 };
    private readonly ConnectionPlaces _places;

    public ConnectionPlacesTests() =>
        _places = new ConnectionPlaces(Options.Create(_limits), new AddressLimits(Options.Create(_limits), Options.Create(new AuthOptions()), TimeProvider.System));

    [Fact]
    public void Each_limit_is_met_at_its_number_and_says_which_it_is()
    {
        _limits.ConnectionsPerAddress = 4;
        var own = new ConnectionLimits(PerGateway: 3, PerUser: 2);
        Assert.Null(Take("a", own, "ada"));
        Assert.Null(Take("a", own, "ada"));
        Assert.Equal(PlaceLimit.User, Take("a", own, "ada"));
        Assert.Null(Take("a", own, "bob"));
        Assert.Equal(PlaceLimit.Dialect, Take("a", own, "eve"));
        Assert.Null(Take("b", default, "ada"));
        Assert.Equal(PlaceLimit.Address, Take("b", default, "ada"));
        for (var i = 0; i < 6; i++)
        {
            Assert.Null(Take("b", default, "ada", IPAddress.Parse($"198.51.100.{i}")));
        }

        Assert.Equal(PlaceLimit.Gateway, Take("b", default, "ada", IPAddress.Parse("203.0.113.1")));
        Assert.Equal(10, _places.Count);
    }

    [Fact]
    public void Nothing_is_kept_of_a_place_that_was_given_back_or_refused()
    {
        _limits.Connections = 1;
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(_places.TryReserve("a", new ConnectionLimits(1, 1), "ada", Home, out var place));
            Assert.Equal(PlaceLimit.Gateway, Take("a", default, "ada"));
            place!.Dispose();
            place.Dispose();
            Assert.Equal((0, 0), (_places.Count, _places.CountOf("a")));
        }
    }

    [Fact]
    public void None_means_none()
    {
        (_limits.Connections, _limits.ConnectionsPerUser, _limits.ConnectionsPerAddress) = (0, 0, 0);
        for (var i = 0; i < 1000; i++)
        {
            Assert.Null(Take("a", default, "ada"));
        }
    }

    [Fact]
    public void A_user_has_sixty_four_in_all_dialects_together_unless_said_otherwise()
    {
        _limits.Connections = 0;
        Assert.All(Enumerable.Range(0, 64), i => Assert.Null(Take(i % 2 == 0 ? "a" : "b", default, "ada")));
        Assert.Equal(PlaceLimit.User, Take("c", default, "ada"));
        Assert.Null(Take("c", default, "bob"));
    }

    [Fact]
    public void Nobody_in_particular_has_no_limit_of_a_user()
    {
        var own = new ConnectionLimits(PerUser: 1);
        Assert.Null(Take("a", own, null));
        Assert.Null(Take("a", own, null));
    }

    [Fact]
    public void A_place_can_move_to_another_dialect()
    {
        var own = new ConnectionLimits(PerGateway: 1);
        Assert.Null(_places.TryReserve("yychat", own, "ada", Home, out var place));
        Assert.Equal(PlaceLimit.Dialect, Take("yychat", own, "bob"));
        place!.MoveTo("session");
        Assert.Equal((0, 1), (_places.CountOf("yychat"), _places.CountOf("session")));
        Assert.Null(Take("yychat", own, "bob"));
        place.Dispose();
        place.MoveTo("yychat");
        Assert.Equal((1, 0), (_places.CountOf("yychat"), _places.CountOf("session")));
    }

    [Fact]
    public async Task Of_many_at_once_exactly_as_many_get_in_as_may()
    {
        _limits.Connections = 0;
        _limits.ConnectionsPerAddress = 40;
        var own = new ConnectionLimits(PerGateway: 30, PerUser: 7);
        var taken = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(
            () => (User: i % 5, Met: Take("a", own, $"user-{i % 5}")), TestContext.Current.CancellationToken)));
        Assert.Equal(30, taken.Count(t => t.Met is null));
        Assert.All(taken.Where(t => t.Met is null).CountBy(t => t.User), user => Assert.InRange(user.Value, 1, 7));
        Assert.Equal(30, _places.CountOf("a"));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("::1", "::")]
    public void An_address_is_what_one_client_can_have(string address, string network) =>
        Assert.Equal(IPAddress.Parse(network), ConnectionPlaces.Network(IPAddress.Parse(address)));

    private PlaceLimit? Take(string dialect, ConnectionLimits own, string? userId, IPAddress? address = null) =>
        _places.TryReserve(dialect, own, userId, address ?? Home, out _);
}
