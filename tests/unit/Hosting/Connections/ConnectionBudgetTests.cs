using StreamChat.Hosting.Connections;

namespace StreamChat.UnitTests.Hosting.Connections;

/// <summary>What is derived from a limit of file descriptors.</summary>
public sealed class ConnectionBudgetTests
{
    private const double Edge = 0.45;

    [Theory]
    [InlineData(500, 250, Edge)]
    [InlineData(1_000, 250, Edge)]
    [InlineData(20_000, 250, Edge)]
    [InlineData(1_048_576, 250, Edge)]
    [InlineData(500, 310, 0.6)]
    [InlineData(1_000, 310, 0.6)]
    [InlineData(1_000, 300, 1.0 / 16)]
    public void Everything_together_stays_below_the_limit(int limit, int inUse, double share)
    {
        var budget = ConnectionBudget.Derive(new Descriptors(limit, inUse), share, most: 0);
        Assert.InRange(budget.Capacity, 16, (limit - inUse) * share);
        Assert.True(budget.Total > budget.Capacity);
        Assert.True(budget.Total + budget.Outbound + inUse + ConnectionBudget.Reserve <= limit + 16, $"{budget}");
    }

    [Theory]
    [InlineData(500)]
    [InlineData(1_000)]
    [InlineData(20_000)]
    public void The_edge_has_a_connection_to_a_gateway_for_each_of_its_own(int limit)
    {
        var budget = ConnectionBudget.Derive(new Descriptors(limit, 250), Edge, most: 0);
        Assert.True(budget.Outbound >= budget.Capacity, $"{budget}");
    }

    [Fact]
    public void With_20_000_descriptors_the_edge_holds_8_571_sockets() =>
        Assert.True(ConnectionBudget.Derive(new Descriptors(20_000, 300), Edge, most: 0).Capacity > 8_571);

    [Theory]
    [InlineData(0, 7_300)]
    [InlineData(100, 100)]
    [InlineData(100_000, 7_300)]
    public void The_operator_may_ask_for_less_and_not_for_more(int most, int capacity) =>
        Assert.Equal(capacity, ConnectionBudget.Derive(new Descriptors(15_000, 400 - ConnectionBudget.Reserve), 0.5, most).Capacity);

    [Fact]
    public void Where_the_limit_is_unknown_one_is_assumed() =>
        Assert.Equal(ConnectionBudget.Derive(new Descriptors(ConnectionBudget.AssumedLimit, 0), Edge, 0), ConnectionBudget.Derive(default, Edge, 0));

    [Theory]
    [InlineData("Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 524288               files     \n", 1024)]
    [InlineData("Max open files            unlimited            unlimited            files     \n", null)]
    [InlineData("Max open files            1073741816           1073741816           files     \n", 1073741816)]
    [InlineData("Max processes             7                    7                    processes \n", null)]
    [InlineData("Max open files", null)]
    [InlineData("", null)]
    public void The_limit_is_read_as_the_system_writes_it(string text, int? limit) => Assert.Equal(limit, Descriptors.ParseLimit(text));

    [Fact]
    public void This_process_has_descriptors()
    {
        var descriptors = Descriptors.Read();
        if (OperatingSystem.IsLinux())
        {
            Assert.True(descriptors.InUse > 10);
            Assert.True(descriptors.Limit is null || descriptors.Limit > descriptors.InUse);
        }
    }
}
