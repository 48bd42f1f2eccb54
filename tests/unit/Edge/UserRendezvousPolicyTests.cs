using Microsoft.AspNetCore.Http;
using StreamChat.Edge.Gateways;
using StreamChat.Hosting.Identity;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Utilities;

namespace StreamChat.UnitTests.Edge;

public sealed class UserRendezvousPolicyTests
{
    private const int Users = 10_000;
    private static readonly ClusterState Cluster = new(GatewayCluster.Id);

    [Fact]
    public void Weights_are_the_same_in_every_process()
    {
        // written down: whoever changes the function moves every user of a cluster whose edges are updated one by one
        Assert.Equal(13357909900902530486UL, RendezvousHash.Weight("ann", "http://gateway-1:8081"));
        Assert.Equal(13729307204208423829UL, RendezvousHash.Weight("安", "http://gateway-2:8081"));
    }

    [Fact]
    public void A_user_stays_whatever_the_order_of_the_gateways()
    {
        var policy = Policy();
        var gateways = Gateways(5);
        DestinationState[] shuffled = [gateways[3], gateways[0], gateways[4], gateways[2], gateways[1]];
        for (var i = 0; i < Users; i++)
        {
            Assert.Same(Pick(policy, i, gateways), Pick(policy, i, shuffled));
        }
    }

    [Fact]
    public void Users_are_spread_evenly()
    {
        var policy = Policy();
        var gateways = Gateways(5);
        var counts = gateways.ToDictionary(g => g, _ => 0);
        for (var i = 0; i < Users; i++)
        {
            counts[Pick(policy, i, gateways)]++;
        }

        // chi-square of 4 degrees of freedom is above 18.5 once in a thousand even spreads
        const double Expected = Users / 5.0;
        Assert.InRange(counts.Values.Sum(n => (n - Expected) * (n - Expected) / Expected), 0, 18.5);
    }

    [Fact]
    public void Only_the_users_of_a_gateway_that_leaves_move_and_they_spread_over_the_rest()
    {
        var policy = Policy();
        var gateways = Gateways(5);
        DestinationState[] remaining = [gateways[0], gateways[1], gateways[3], gateways[4]];
        var heirs = remaining.ToDictionary(g => g, _ => 0);
        for (var i = 0; i < Users; i++)
        {
            var before = Pick(policy, i, gateways);
            var after = Pick(policy, i, remaining);
            if (before == gateways[2])
            {
                heirs[after]++;
            }
            else
            {
                Assert.Same(before, after);
            }
        }

        var expected = heirs.Values.Sum() / 4.0;
        Assert.InRange(heirs.Values.Sum(n => (n - expected) * (n - expected) / expected), 0, 16.3);
    }

    [Theory]
    [InlineData(0, 0, 0, 0)] // draws 0 and 1: the first where they are equal
    [InlineData(5, 1, 0, 1)] // draws 0 and 1: the less busy
    [InlineData(1, 5, 0, 0)]
    public void Without_a_user_the_less_busy_of_two_is_taken(int busyFirst, int busySecond, int draw, int taken)
    {
        var gateways = Gateways(3);
        gateways[0].ConcurrentRequestCount = busyFirst;
        gateways[1].ConcurrentRequestCount = busySecond;
        var policy = new UserRendezvousPolicy(new Scripted(draw));
        Assert.Same(gateways[taken], policy.PickDestination(Request("/", ""), Cluster, gateways));
    }

    [Fact]
    public void Without_a_user_each_two_gateways_can_be_drawn_and_never_one_twice()
    {
        var gateways = Gateways(3);
        gateways[0].ConcurrentRequestCount = 3;
        gateways[1].ConcurrentRequestCount = 2;
        gateways[2].ConcurrentRequestCount = 1;
        var policy = Policy();
        var taken = new HashSet<string>();
        for (var i = 0; i < 200; i++)
        {
            taken.Add(policy.PickDestination(Request("/", ""), Cluster, gateways)!.DestinationId);
        }

        // the busiest loses against whichever it is drawn with, so it is taken only if it is drawn twice
        Assert.Equal(["http://gateway-2:8081", "http://gateway-3:8081"], taken.Order());
    }

    [Fact]
    public void One_gateway_takes_all_and_none_takes_nobody()
    {
        var policy = Policy();
        var one = Gateways(1);
        Assert.Same(one[0], policy.PickDestination(Request("/", "?user_id=ann"), Cluster, one));
        Assert.Null(policy.PickDestination(Request("/", "?user_id=ann"), Cluster, []));
    }

    [Theory]
    [InlineData("/ws/v1", "?user_id=ann", "ann")]
    [InlineData("/ws/v1", "?x=1&user_id=a%20b", "a b")]
    [InlineData("/ws/v1", "?user_id=ann&user_id=bob", "ann")]
    [InlineData("/ws/chat/ann", "", "ann")]
    [InlineData("/ws/chat/ann/", "", "ann")]
    [InlineData("/ws/chat/ann/more", "", "ann")]
    [InlineData("/WS/Chat/ann", "", "ann")]
    [InlineData("/ws/chat/ann", "?user_id=bob", "ann")]
    [InlineData("/ws/chat/ann", "?user_id=", "ann")]
    [InlineData("/ws/chat/", "", null)]
    [InlineData("/ws/chat//x", "", null)]
    [InlineData("/ws/chat", "", null)]
    [InlineData("/ws/chatter/ann", "", null)]
    [InlineData("/", "", null)]
    [InlineData("/ws/v1", "?user_id=", null)]
    public void The_user_is_read_from_query_or_path(string path, string query, string? user) =>
        Assert.Equal(user, RequestUser.Find(Request(path, query).Request));

    [Fact]
    public void A_token_names_its_user_when_nothing_else_does()
    {
        var token = AccessTokenForm.Join("ann 安", "any-ticket");
        var request = Request("/ws/v1", $"?token={token}").Request;
        RequestCredential.TakeFromQuery(request);
        Assert.Equal("ann 安", RequestUser.Find(request));

        request = Request("/ws", "").Request;
        request.Headers.SecWebSocketProtocol = $"streamchat.v1, bearer.{token}";
        Assert.Equal("ann 安", RequestUser.Find(request));
        request.QueryString = new QueryString("?user_id=bob");
        Assert.Equal("bob", RequestUser.Find(request));

        request.QueryString = default;
        request.Headers.SecWebSocketProtocol = "bearer.sck_rubbish";
        Assert.Null(RequestUser.Find(request));
    }

    [Fact]
    public void Healthy_gateways_come_first_then_unknown_ones_and_failing_ones_when_there_are_no_others()
    {
        var gateways = Gateways(4);
        gateways[0].Health.Active = DestinationHealth.Healthy;
        gateways[2].Health.Active = DestinationHealth.Unhealthy;
        gateways[3].Health.Active = DestinationHealth.Healthy;
        gateways[3].Health.Passive = DestinationHealth.Unhealthy;
        var policy = new HealthyFirstPolicy();
        var config = new Yarp.ReverseProxy.Configuration.ClusterConfig();
        Assert.Same(gateways[0], Assert.Single(policy.GetAvailalableDestinations(config, gateways)));

        gateways[0].Health.Active = DestinationHealth.Unhealthy;
        Assert.Same(gateways[1], Assert.Single(policy.GetAvailalableDestinations(config, gateways)));

        gateways[1].Health.Passive = DestinationHealth.Unhealthy;
        Assert.Equal(gateways, policy.GetAvailalableDestinations(config, gateways));
    }

    private static UserRendezvousPolicy Policy() => new(new Seeded());

    private static DestinationState[] Gateways(int count) =>
        [.. Enumerable.Range(1, count).Select(i => new DestinationState($"http://gateway-{i}:8081"))];

    private static DestinationState Pick(UserRendezvousPolicy policy, int user, IReadOnlyList<DestinationState> gateways) =>
        policy.PickDestination(Request("/ws/v1", $"?user_id=user-{user}"), Cluster, gateways)!;

    private static DefaultHttpContext Request(string path, string query) =>
        new() { Request = { Path = path, QueryString = new QueryString(query) } };

    private sealed class Seeded : IRandomFactory
    {
        private readonly Random _random = new(1);

        public Random CreateRandomInstance() => _random;
    }

    private sealed class Scripted(int draw) : IRandomFactory
    {
        public Random CreateRandomInstance() => new Always(draw);

        private sealed class Always(int draw) : Random
        {
            public override int Next(int maxValue) => draw;
        }
    }
}
