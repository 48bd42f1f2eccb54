using StreamChat.Contracts.Gateways;
using StreamChat.Gateway;
using StreamChat.Gateway.Cluster;
using StreamChat.Hosting.Identity;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Gateway.Cluster;

public sealed class ClusterViewTests
{
    private static readonly DateTimeOffset Opened = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new();
    private readonly Local _local = new();
    private readonly ClusterView _view;

    public ClusterViewTests() => _view = new ClusterView(new GatewayIdentity(new SystemIdGenerator(_time)), _local, _time);

    [Fact]
    public void Numbers_are_those_of_all_gateways_by_dialect()
    {
        _local.Dialects = [Dialect("assistant", connections: 1, frames: 10)];
        _view.Hear(Report("b", Dialect("assistant", connections: 2, frames: 5), Dialect("native", connections: 7, frames: 1)));
        _view.Hear(Report("c", Dialect("assistant", connections: 4, frames: 3)));

        var assistant = _view.Of("assistant");
        Assert.Equal((7, 18, 7, Opened), (assistant.Connections, assistant.FramesSent, assistant.Users, assistant.OldestOpenedAt));
        Assert.Equal(14, _view.OfAll().Connections);
        Assert.Equal(DialectNumbers.None, _view.Of("yychat"));
        Assert.Equal(["b", "c"], _view.OtherGateways.Order());
    }

    [Fact]
    public void A_gateway_is_new_once_and_its_newest_word_counts()
    {
        Assert.True(_view.Hear(Report("b", Dialect("native", connections: 2, frames: 0))));
        Assert.False(_view.Hear(Report("b", Dialect("native", connections: 5, frames: 0))));
        Assert.Equal(5, _view.Of("native").Connections);
    }

    [Fact]
    public void A_gateway_that_falls_silent_is_dropped_and_only_its_totals_stay()
    {
        _view.Hear(Report("b", Dialect("native", connections: 2, frames: 9)));
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(2, _view.Of("native").Connections);

        _time.Advance(TimeSpan.FromSeconds(1));
        var native = _view.Of("native");
        Assert.Equal((0, 0L, 12L, 109L), (native.Connections, native.FramesSent, native.TotalConnections, native.TotalFramesSent));
        Assert.Empty(_view.OtherGateways);
    }

    [Fact]
    public void A_gateway_that_stops_is_dropped_at_once()
    {
        _view.Hear(Report("b", Dialect("native", connections: 2, frames: 9)));
        _view.Hear(Report("b", Dialect("native", connections: 1, frames: 9)) with { ValidFor = TimeSpan.Zero });
        Assert.Equal((0, 11L), (_view.Of("native").Connections, _view.Of("native").TotalConnections));
    }

    [Fact]
    public void Our_own_report_comes_back_and_counts_once()
    {
        _local.Dialects = [Dialect("native", connections: 3, frames: 1)];
        Assert.False(_view.Hear(_view.Report(TimeSpan.FromSeconds(15))));
        Assert.Equal(3, _view.Of("native").Connections);
    }

    [Fact]
    public void The_cluster_is_as_old_as_its_oldest_gateway()
    {
        var own = _view.StartedAt;
        _view.Hear(Report("b") with { StartedAt = own.AddHours(-1) });
        _view.Hear(Report("c") with { StartedAt = own.AddHours(1) });
        Assert.Equal(own.AddHours(-1), _view.StartedAt);
    }

    private static GatewayReport Report(string gatewayId, params DialectReport[] dialects) =>
        new() { GatewayId = gatewayId, StartedAt = Opened, Dialects = dialects, ValidFor = TimeSpan.FromSeconds(15) };

    private static DialectReport Dialect(string name, int connections, long frames) => new()
    {
        Dialect = name,
        Connections = connections,
        Users = connections,
        FramesSent = frames,
        TotalConnections = connections + 10,
        TotalFramesSent = frames + 100,
        OldestOpenedAt = Opened.AddMinutes(connections - 1),
    };

    private sealed class Local : ILocalConnections
    {
        public IReadOnlyList<DialectReport> Dialects { get; set; } = [];

        public IReadOnlyList<DialectReport> Report() => Dialects;

        public IReadOnlyList<ConnectionDescription> List(int limit) => [];

        public int Broadcast(Broadcast broadcast) => 0;
    }
}
