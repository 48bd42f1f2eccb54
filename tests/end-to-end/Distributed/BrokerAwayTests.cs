using System.Net;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Distributed;

/// <summary>The broker is not there when the services start, and goes away while they run.</summary>
public sealed class BrokerAwayTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Services_wait_say_so_refuse_and_recover()
    {
        await using var broker = RabbitMqServer.OfOurOwn();
        using var folder = new TemporaryFolder();
        var settings = new Dictionary<string, string?>
        {
            ["Bus__Uri"] = broker.Uri.ToString(),
            ["Store__ConnectionString"] = $"Data Source={Path.Combine(folder.Path, "streamchat.db")}",
            ["Bus__PublishTimeout"] = "00:00:02",
        };
        await using var gateway = ServiceProcess.Start("gateway", settings);
        await using var worker = ServiceProcess.Start("agent-worker", settings);
        await using var tools = ServiceProcess.Start("tool-worker", settings);
        ServiceProcess[] services = [gateway, worker, tools];

        // no broker yet: alive, not ready, and a request is refused in time instead of being lost
        await Task.WhenAll(services.Select(s => s.WaitUntilLiveAsync()));
        foreach (var service in services)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync(service));
        }

        await using var client = await NativeClient.ConnectAsync(gateway.BaseAddress, "ada");
        var refused = await client.RunAsync("/load 3");
        Assert.Equal(("error", "unavailable"), (refused.End, refused.Code));

        // it comes: they recover by themselves, and the same socket works
        await broker.StartAsync();
        await Task.WhenAll(services.Select(s => s.WaitUntilReadyAsync(Patience)));
        Assert.Equal("RUN_FINISHED", (await client.RunAsync("/load 3")).End);

        // it goes: they say so
        await broker.StopAsync();
        foreach (var service in services)
        {
            await Eventually.GetAsync(() => ReadyAsync(service), s => s == HttpStatusCode.ServiceUnavailable, Patience);
        }

        Assert.Equal("unavailable", (await client.RunAsync("/load 3")).Code);

        // and comes back
        await broker.StartAsync();
        await Task.WhenAll(services.Select(s => s.WaitUntilReadyAsync(Patience)));
        var answer = await Eventually.GetAsync(() => client.RunAsync("What is 20 + 22?"), r => r.End == "RUN_FINISHED" && r.Text.Contains("42", StringComparison.Ordinal), Patience);
        Assert.Equal("42", Assert.Single(answer.ToolCalls).Result);
    }

    private static async Task<HttpStatusCode> ReadyAsync(ServiceProcess service)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(service.BaseAddress, "/health/ready"), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
