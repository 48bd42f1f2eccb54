using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StreamChat.Gateway;
using StreamChat.Gateway.Limits;

namespace StreamChat.UnitTests.Gateway.Limits;

/// <summary>How much may wait for the broker, in all and of one client.</summary>
public sealed class PendingPublishesTests : IDisposable
{
    private const int Kilobyte = 1024;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<GatewayTelemetry>().BuildServiceProvider();
    private readonly PendingPublishes _publishes;

    public PendingPublishesTests() => _publishes = new PendingPublishes(
        Options.Create(new LimitsOptions { PublishBytes = 1000 * Kilobyte, PublishBytesPerUser = 200 * Kilobyte }), _services.GetRequiredService<GatewayTelemetry>());

    public void Dispose() => _services.Dispose();

    [Fact]
    public void A_client_has_its_share_and_others_theirs()
    {
        var first = Take("ada", 100);
        Assert.NotNull(first);
        Assert.NotNull(Take("ada", 90));
        Assert.Null(Take("ada", 20));
        Assert.NotNull(Take("bob", 150));
        first.Dispose();
        first.Dispose();
        Assert.NotNull(Take("ada", 20));
    }

    [Fact]
    public void One_request_of_any_size_passes_when_nothing_else_of_its_client_waits()
    {
        var large = Take("ada", 900);
        Assert.NotNull(large);
        Assert.Null(Take("ada", 1));
        large.Dispose();
        Assert.NotNull(Take("ada", 5000));
    }

    [Fact]
    public void Requests_behind_another_of_their_connection_do_not_keep_others_from_publishing()
    {
        var queued = Enumerable.Range(0, 10).Select(i => Take($"queued-{i}", 99)!).ToList();
        Assert.Null(Take("ada", 50));
        Assert.All(queued, share => Assert.True(share.TryQueue()));
        Assert.Equal(0, _publishes.Total);

        var ada = Take("ada", 50);
        Assert.NotNull(ada);

        // no more bytes may wait so than may wait for the broker, and a client's own share holds for both
        Assert.False(ada.TryQueue());
        Assert.Null(Take("queued-0", 150));

        // one goes on, another leaves without its turn
        queued[0].Resume();
        Assert.Equal(151 * Kilobyte, _publishes.Total);
        queued[1].Dispose();
        ada.Dispose();
        queued[0].Dispose();
        Assert.Equal(0, _publishes.Total);
        Assert.NotNull(Take("queued-1", 150));
    }

    [Fact]
    public void Many_who_ask_much_do_not_keep_out_who_asks_little()
    {
        var flood = Enumerable.Range(0, 100).Select(i => Take($"flood-{i}", 50)).ToList();
        Assert.Equal(19, flood.Count(share => share is not null));

        var rest = Take("rest", 30);
        Assert.NotNull(rest);

        // each of those who flood may have one small one as well, but only while nothing of it waits
        Assert.Null(Take("flood-0", 1));
        Assert.Null(Take("late", 50));
        var people = Enumerable.Range(0, 100).Select(i => Take($"person-{i}", 2)).ToList();
        Assert.DoesNotContain(null, people);

        // and not without end
        var more = Enumerable.Range(0, 2000).Select(i => Take($"more-{i}", 2)).ToList();
        Assert.InRange(_publishes.Total, 1000 * Kilobyte, 2000 * Kilobyte);
        Assert.Contains(null, more);
        rest.Dispose();
        flood.Concat(people).Concat(more).ToList().ForEach(share => share?.Dispose());
        Assert.Equal(0, _publishes.Total);
    }

    private PendingPublishes.Share? Take(string client, int kilobytes) => _publishes.TryTake(client, kilobytes * Kilobyte, out var share) ? share : null;
}
