using System.Text.Json;
using StreamChat.Load;

namespace StreamChat.UnitTests.Bench;

public sealed class LoadCommandTests
{
    [Fact]
    public async Task A_faultless_server_is_measured_and_found_good()
    {
        await using var server = await FakeChatServer.StartAsync();
        var (exitCode, report) = await RunAsync(
            server, "--connections", "5", "--tokens", "40", "--rate", "7", "--ramp", "50ms", "--pid", $"{Environment.ProcessId}");

        Assert.Equal(LoadCommand.Good, exitCode);
        AssertCounts(report, received: 200);
        Assert.Equal(Enumerable.Repeat("/load 40 7", 5), server.Prompts);
        Assert.True(report.GetProperty("tokens_per_s").GetDouble() > 0);
        Assert.Equal(5 * (2 + 40 + 40 + 1), report.GetProperty("frames").GetInt64());
        Assert.Equal(report.GetProperty("bytes").GetInt64() / 200.0, report.GetProperty("bytes_per_token").GetDouble(), tolerance: 0.1);
        Assert.Empty(report.GetProperty("slow").EnumerateArray());

        // accepted, started, each token, each of the other run's, finished
        var seconds = report.GetProperty("seconds").GetDouble();
        Assert.Equal(5 * (2 + 40 + 40 + 1), report.GetProperty("frames_per_s").GetDouble() * seconds, tolerance: 25);
        foreach (var name in new[] { "ttft_ms", "delay_ms" })
        {
            var distribution = report.GetProperty(name);
            Assert.InRange(distribution.GetProperty("p50").GetDouble(), 0, distribution.GetProperty("p99").GetDouble());
            Assert.InRange(distribution.GetProperty("max").GetDouble(), distribution.GetProperty("p99").GetDouble(), 10_000);
            Assert.True(distribution.GetProperty("max").GetDouble() > 0);
        }

        var process = Assert.Single(report.GetProperty("processes").EnumerateArray());
        Assert.Equal(Environment.ProcessId, process.GetProperty("pid").GetInt32());
        foreach (var name in new[] { "rss_start_mb", "rss_connected_mb", "rss_end_mb", "peak_rss_mb" })
        {
            Assert.True(process.GetProperty(name).GetDouble() > 10);
        }

        var cpu = process.GetProperty("cpu_seconds").GetDouble();
        Assert.InRange(cpu, 0, 60);
        Assert.Equal(cpu * 1e6 / 200, report.GetProperty("cpu_seconds_per_million_tokens").GetDouble(), tolerance: 0.1);
    }

    [Fact]
    public async Task Each_asks_for_as_many_runs_as_wanted()
    {
        await using var server = await FakeChatServer.StartAsync();
        var (exitCode, report) = await RunAsync(server, "--connections", "2", "--runs", "3", "--tokens", "10");
        Assert.Equal(LoadCommand.Good, exitCode);
        Assert.Equal((6, 60), (report.GetProperty("runs").GetInt32(), report.GetProperty("received").GetInt32()));
    }

    [Fact]
    public async Task Who_only_waits_shows_that_it_is_there()
    {
        await using var server = await FakeChatServer.StartAsync();
        var (exitCode, _) = await RunAsync(
            server, "--connections", "6", "--streams", "1", "--duration", "500ms", "--tokens", "10", "--ping", "100ms");
        Assert.Equal(LoadCommand.Good, exitCode);
        Assert.InRange(server.Pings, 1, 26);
    }

    [Fact]
    public async Task A_slow_reader_comes_back_until_it_has_all()
    {
        await using var server = await FakeChatServer.StartAsync();
        server.CloseSlowAfter = 4;
        var (exitCode, report) = await RunAsync(server, "--connections", "1", "--duration", "1s", "--slow", "1", "--slow-tokens", "10");
        Assert.Equal(LoadCommand.Good, exitCode);
        var slow = Assert.Single(report.GetProperty("slow").EnumerateArray());
        Assert.Equal(("closed", 1013, 4), (slow.GetProperty("outcome").GetString(), slow.GetProperty("close_code").GetInt32(), slow.GetProperty("tokens").GetInt32()));
        Assert.Equal(("ended", 2), (slow.GetProperty("attach").GetString(), slow.GetProperty("attaches").GetInt32()));
        Assert.Equal((0, 0), (slow.GetProperty("lost").GetInt32(), slow.GetProperty("duplicated").GetInt32()));
    }

    [Fact]
    public async Task A_slow_reader_reads_no_faster_than_it_should()
    {
        await using var server = await FakeChatServer.StartAsync();
        var (exitCode, report) = await RunAsync(server, "--connections", "1", "--duration", "1s", "--slow", "1", "--slow-tokens", "500");
        Assert.Equal(LoadCommand.Good, exitCode);
        var slow = Assert.Single(report.GetProperty("slow").EnumerateArray());
        Assert.Equal(("open", "ended"), (slow.GetProperty("outcome").GetString(), slow.GetProperty("attach").GetString()));
        Assert.InRange(slow.GetProperty("bytes").GetInt64(), 1, (long)(1024 * (slow.GetProperty("seconds").GetDouble() + 0.6)));
    }

    [Fact]
    public async Task What_even_a_slow_reader_that_came_back_lacks_is_reported()
    {
        await using var server = await FakeChatServer.StartAsync();
        server.CloseSlowAfter = 0;
        var (exitCode, report) = await RunAsync(server, "--connections", "1", "--tokens", "10", "--slow", "1", "--slow-tokens", "10");
        Assert.Equal(LoadCommand.Bad, exitCode);
        var slow = Assert.Single(report.GetProperty("slow").EnumerateArray());
        Assert.Equal(("closed", 10), (slow.GetProperty("attach").GetString(), slow.GetProperty("lost").GetInt32()));
    }

    [Fact]
    public async Task Some_stream_again_and_again_while_the_others_wait()
    {
        await using var server = await FakeChatServer.StartAsync();
        var (exitCode, report) = await RunAsync(server, "--connections", "5", "--streams", "2", "--duration", "300ms", "--tokens", "10");
        Assert.Equal(LoadCommand.Good, exitCode);
        var runs = report.GetProperty("runs").GetInt32();
        Assert.True(runs > 2);
        Assert.Equal(runs, server.Prompts.Count);
        Assert.Equal(10 * runs, report.GetProperty("received").GetInt64());
        Assert.Equal(0, report.GetProperty("dropped").GetInt32());
        Assert.True(report.GetProperty("connect_ms").GetProperty("p99").GetDouble() > 0);
    }

    [Fact]
    public async Task Merged_tokens_are_all_counted()
    {
        await using var server = await FakeChatServer.StartAsync();
        server.Frames = count => Enumerable.Range(1, count).Chunk(200);
        var (exitCode, report) = await RunAsync(server, "--connections", "2", "--tokens", "1000");
        Assert.Equal(LoadCommand.Good, exitCode);
        AssertCounts(report, received: 2000);
    }

    [Fact]
    public async Task A_planted_loss_is_reported()
    {
        await using var server = await FakeChatServer.StartAsync();
        server.Frames = count => FakeChatServer.Single(count).Where(f => f[0] is not (5 or 6));
        var (exitCode, report) = await RunAsync(server);
        Assert.Equal(LoadCommand.Bad, exitCode);
        AssertCounts(report, received: 58, lost: 2);
    }

    [Fact]
    public async Task A_planted_duplicate_is_reported()
    {
        await using var server = await FakeChatServer.StartAsync();
        server.Frames = count => FakeChatServer.Single(count).SelectMany(f => f[0] == 7 ? new[] { f, f } : [f]);
        var (exitCode, report) = await RunAsync(server);
        Assert.Equal(LoadCommand.Bad, exitCode);
        AssertCounts(report, received: 60, duplicated: 1);
    }

    [Fact]
    public async Task A_planted_swap_is_reported()
    {
        await using var server = await FakeChatServer.StartAsync();
        server.Frames = count => FakeChatServer.Single(count).Select(f => f[0] switch { 9 => new[] { 10 }, 10 => [9], _ => f });
        var (exitCode, report) = await RunAsync(server);
        Assert.Equal(LoadCommand.Bad, exitCode);
        AssertCounts(report, received: 60, outOfOrder: 1);
    }

    [Fact]
    public async Task A_token_that_nobody_asked_for_is_reported()
    {
        await using var server = await FakeChatServer.StartAsync();
        server.Frames = count => FakeChatServer.Single(count + 1);
        var (exitCode, report) = await RunAsync(server);
        Assert.Equal(LoadCommand.Bad, exitCode);
        AssertCounts(report, received: 60, malformed: 1);
    }

    [Fact]
    public async Task A_failed_run_is_reported_with_its_code()
    {
        await using var server = await FakeChatServer.StartAsync();
        server.End = new { type = "RUN_ERROR", message = "no", code = "model_error" };
        var (exitCode, report) = await RunAsync(server);
        Assert.Equal(LoadCommand.Bad, exitCode);
        AssertCounts(report, received: 60, failed: ("model_error", 1));
    }

    [Fact]
    public async Task A_refused_request_is_reported_with_its_code()
    {
        await using var server = await FakeChatServer.StartAsync();
        server.Frames = _ => [];
        server.End = new { type = "error", message = "no", code = "busy", retryable = true };
        var (exitCode, report) = await RunAsync(server);
        Assert.Equal(LoadCommand.Bad, exitCode);
        AssertCounts(report, received: 40, lost: 20, failed: ("busy", 1));
    }

    [Fact]
    public async Task A_dropped_socket_is_a_failed_run()
    {
        await using var server = await FakeChatServer.StartAsync();
        server.Drop = true;
        server.Frames = count => FakeChatServer.Single(count).Take(0);
        var (exitCode, report) = await RunAsync(server);
        Assert.Equal(LoadCommand.Bad, exitCode);
        AssertCounts(report, received: 40, lost: 20, failed: ("disconnected", 1));
    }

    [Fact]
    public async Task A_run_that_never_ends_is_a_failed_run()
    {
        await using var server = await FakeChatServer.StartAsync();
        server.End = null;
        var (exitCode, report) = await RunAsync(server, "--connections", "3", "--tokens", "20", "--timeout", "1");
        Assert.Equal(LoadCommand.Bad, exitCode);
        AssertCounts(report, received: 60, failed: ("timeout", 1));
    }

    [Fact]
    public async Task Without_a_server_nothing_is_measured()
    {
        string url;
        await using (var server = await FakeChatServer.StartAsync())
        {
            url = server.Url;
        }

        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exitCode = await LoadCommand.RunAsync(
            ["--url", url, "--connections", "2"], output, errors, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal((LoadCommand.NotRun, ""), (exitCode, output.ToString()));
        Assert.StartsWith("Nothing measured", errors.ToString(), StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, JsonElement Report)> RunAsync(FakeChatServer server, params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        string[] what = args.Length > 0 ? args : ["--connections", "3", "--tokens", "20"];
        var exitCode = await LoadCommand.RunAsync(
            ["--url", server.Url, .. what], output, errors, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Empty(errors.ToString());
        var line = Assert.Single(output.ToString().TrimEnd().Split('\n'));
        using var json = JsonDocument.Parse(line);
        return (exitCode, json.RootElement.Clone());
    }

    private static void AssertCounts(
        JsonElement report,
        int received,
        int lost = 0,
        int duplicated = 0,
        int outOfOrder = 0,
        int malformed = 0,
        (string Code, int Runs)? failed = null)
    {
        int Count(string name) => report.GetProperty(name).GetInt32();
        Assert.Equal(
            (received, lost, duplicated, outOfOrder, malformed, failed?.Runs ?? 0),
            (Count("received"), Count("lost"), Count("duplicated"), Count("out_of_order"), Count("malformed"), Count("failed_runs")));
        Assert.Equal(
            failed is { } f ? [(f.Code, f.Runs)] : [],
            report.GetProperty("failures").EnumerateObject().Select(p => (p.Name, p.Value.GetInt32())));
    }
}
