using System.Text.Json;
using StreamChat.Load;

namespace StreamChat.EndToEndTests.Standalone;

/// <summary>The load generator understands what is really said.</summary>
[Collection(nameof(StandaloneCollection))]
public sealed class LoadTests(StandaloneServer server)
{
    [Theory]
    [InlineData("native")]
    [InlineData("assistant")]
    [InlineData("aurawell")]
    [InlineData("agent-engine")]
    [InlineData("yychat")]
    [InlineData("session")]
    public async Task Every_dialect_is_measured_without_a_token_lost_repeated_or_out_of_order(string dialect)
    {
        var report = await RunAsync("--dialect", dialect, "--connections", "4", "--streams", "3", "--runs", "2", "--tokens", "300");
        Assert.Equal((1800, 6), (report.GetProperty("received").GetInt32(), report.GetProperty("runs").GetInt32()));
        Assert.InRange(report.GetProperty("bytes_per_token").GetDouble(), 15, 10_000);
    }

    [Fact]
    public async Task The_client_that_comes_back_is_measured_too()
    {
        var report = await RunAsync("--client", "dotnet", "--connections", "4", "--streams", "3", "--runs", "2", "--tokens", "300");
        Assert.Equal((1800, 6), (report.GetProperty("received").GetInt32(), report.GetProperty("runs").GetInt32()));

        report = await RunAsync("--client", "dotnet", "--connections", "3", "--tokens", "300", "--rate", "50", "--cancel-after", "10");
        Assert.Equal((3, 3), (report.GetProperty("runs").GetInt32(), report.GetProperty("cancelled").GetInt32()));
    }

    [Fact]
    public async Task A_slow_reader_loses_nothing()
    {
        var report = await RunAsync("--connections", "2", "--tokens", "40", "--rate", "20", "--slow", "1", "--slow-tokens", "20000");
        var slow = Assert.Single(report.GetProperty("slow").EnumerateArray());
        Assert.Equal(("open", "ended"), (slow.GetProperty("outcome").GetString(), slow.GetProperty("attach").GetString()));
    }

    private async Task<JsonElement> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var url = new UriBuilder(server.Process.BaseAddress) { Scheme = "ws" }.Uri.AbsoluteUri;
        var exitCode = await LoadCommand.RunAsync(["--url", url, .. args], output, errors, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.True(exitCode == LoadCommand.Good, $"{output}{errors}");
        return JsonElement.Parse(output.ToString());
    }
}
