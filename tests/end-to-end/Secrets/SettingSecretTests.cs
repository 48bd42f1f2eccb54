using System.Net;
using System.Net.Sockets;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Secrets;

/// <summary>No process ever writes the value of a setting that may hold a secret: not at Debug, not when a server is away, not when the value is wrong.</summary>
public sealed class SettingSecretTests : IDisposable
{
    private const string Canary = "cAnArY";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gateway", "broker")]
    [InlineData("agent-worker", "store")]
    [InlineData("tool-worker", "store")]
    [InlineData("standalone", "store")]
    public async Task A_process_whose_servers_are_all_away_tells_no_secret_at_debug(string service, string check)
    {
        // nobody serves there, so that whatever is tried fails and is reported
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var refusing = RefuseAsync(server);
        var nowhere = server.LocalEndpoint.ToString()!;
        await using var process = ServiceProcess.Start(service, new Dictionary<string, string?>
        {
            ["Logging__LogLevel__Default"] = "Debug",
            ["Logging__LogLevel__Microsoft"] = "Debug",
            ["Logging__LogLevel__Yarp"] = "Debug",
            ["Logging__LogLevel__Microsoft.Extensions.Diagnostics.HealthChecks"] = "Debug",
            ["Bus__Transport"] = "RabbitMq",
            ["Bus__Uri"] = $"amqp://user:{Canary}@{nowhere}/vhost",
            ["Store__Provider"] = "Postgres",
            ["Store__ConnectionString"] = $"Host=127.0.0.1;Port={nowhere.Split(':')[1]};Username=user;Password={Canary}",
            ["Model__Provider"] = "openai",
            ["Model__Name"] = "some",
            ["Model__ApiKey"] = $"sk-{Canary}",
            ["Model__Endpoint"] = $"http://{nowhere}/v1",
            ["Mcp__RetryDelay"] = "00:00:00.1",
            ["Mcp__Servers__web__Transport"] = "Http",
            ["Mcp__Servers__web__Url"] = $"http://{nowhere}/{Canary}/mcp?key={Canary}",
            ["Mcp__Servers__web__Headers__Authorization"] = $"Bearer {Canary}",
            ["Mcp__Servers__program__Command"] = "false",
            ["Mcp__Servers__program__Arguments__0"] = $"--token={Canary}",
            ["Mcp__Servers__program__Environment__TOKEN"] = Canary,
            ["Tools__News__Feeds__0__Name"] = "news",
            ["Tools__News__Feeds__0__Address"] = $"http://{nowhere}/{Canary}?key={Canary}",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://{nowhere}",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = $"authorization={Canary}",
        });
        await process.WaitUntilLiveAsync();
        using var http = new HttpClient();
        await Eventually.TrueAsync(async () =>
        {
            using var response = await http.GetAsync(new Uri(process.BaseAddress, "/health/ready"), TestContext.Current.CancellationToken);
            var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain(Canary, answer, StringComparison.OrdinalIgnoreCase);
            return answer.Contains(check, StringComparison.Ordinal) && process.Process.Output.Contains("Connection Failed", StringComparison.OrdinalIgnoreCase);
        }, Deadline);
        if (service is "tool-worker" or "standalone")
        {
            await Eventually.TrueAsync(() => process.Process.Output.Split("[3302]").Length > 4, Deadline);
        }

        await process.StopAsync();
        Assert.Contains("dbug: ", process.Process.Output, StringComparison.Ordinal);
        Assert.Contains("Now listening on", process.Process.Output, StringComparison.Ordinal);
        AssertNoCanary(process);
        server.Stop();
        await refusing;
    }

    [Theory]
    [InlineData("gateway", "Bus:Uri", $"amqp://user:{Canary}@[")]
    [InlineData("gateway", "Bus:Uri", $"https://user:{Canary}@host")]
    [InlineData("agent-worker", "Bus:Uri", Canary)]
    [InlineData("tool-worker", "Bus:Nodes:0", $"user:{Canary}@host")]
    [InlineData("gateway", "Auth:Keys:0:Hash", Canary)]
    [InlineData("gateway", "Auth:Origins:0", $"https://user:{Canary}@host")]
    [InlineData("gateway", "Limits:TrustedProxies:0", Canary)]
    [InlineData("agent-worker", "Store:ConnectionString", $"Host=h;Password={Canary};Nonsense=1", "Store:Provider", "Postgres")]
    [InlineData("tool-worker", "Store:ConnectionString", $"Data Source=x;Password={Canary};Nonsense=1")]
    [InlineData("agent-worker", "Model:Endpoint", $"http://user:{Canary}@host/v1", "Model:Provider", "openai", "Model:Name", "some")]
    [InlineData("agent-worker", "Model:ApiKey", $"{Canary} {Canary}", "Model:Provider", "openai", "Model:Name", "some")]
    [InlineData("tool-worker", "Mcp:Servers:x:Url", $"https://user:{Canary}@host", "Mcp:Servers:x:Transport", "Http")]
    [InlineData("tool-worker", "Mcp:Servers:x:Headers:Authorization", $"{Canary}\u00e9", "Mcp:Servers:x:Transport", "Http", "Mcp:Servers:x:Url", "http://localhost:1")]
    [InlineData("tool-worker", "Tools:News:Feeds:0:Address", $"https://user:{Canary}@host", "Tools:News:Feeds:0:Name", "news")]
    [InlineData("edge", "Edge:Gateways:0", $"http://user:{Canary}@host")]
    [InlineData("edge", "Edge:ActivityTimeout", Canary)]
    [InlineData("standalone", "Bus:PublishTimeout", Canary)]
    [InlineData("standalone", "FormatterOptions:SingleLine", "", "Logging:Console:FormatterOptions:SingleLine", Canary)]
    public async Task A_wrong_value_stops_the_process_with_the_name_of_its_key(string service, string key, string value, params string[] more)
    {
        Dictionary<string, string?> settings = new()
        {
            ["Bus__Transport"] = service == "standalone" ? "InMemory" : null,
            ["Store__ConnectionString"] = $"Data Source={_folder.File("streamchat.db")}",
            [Variable(key)] = value,
        };
        for (var i = 0; i < more.Length; i += 2)
        {
            settings[Variable(more[i])] = more[i + 1];
        }

        await using var process = ServiceProcess.Start(service, settings);
        await process.Process.WaitForExitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal((78, true), (process.Process.ExitCode, process.Process.Output.Contains($"  {key}: ", StringComparison.Ordinal)));
        AssertNoCanary(process);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://user:{Canary}@[")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", Canary, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")]
    public async Task A_wrong_setting_of_telemetry_tells_no_secret_either(params string[] settings)
    {
        Dictionary<string, string?> environment = new() { ["Store__ConnectionString"] = $"Data Source={_folder.File("streamchat.db")}" };
        for (var i = 0; i < settings.Length; i += 2)
        {
            environment[settings[i]] = settings[i + 1];
        }

        await using var process = ServiceProcess.Start("standalone", environment);
        await Eventually.TrueAsync(() => process.Process.HasExited || process.Process.Output.Contains("Application started", StringComparison.Ordinal));
        AssertNoCanary(process);
    }

    /// <summary>Takes connections, answers a few bytes that are wrong in every protocol, and closes.</summary>
    private static async Task RefuseAsync(TcpListener server)
    {
        try
        {
            while (true)
            {
                using var socket = await server.AcceptSocketAsync();
                socket.Send("AMQP\0\0\0\0"u8, SocketFlags.None, out _);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // stopped
        }
    }

    private static string Variable(string key) => key.Replace(":", "__", StringComparison.Ordinal);

    private static void AssertNoCanary(ServiceProcess process) =>
        Assert.DoesNotContain(process.Process.Output.Split('\n'), line => line.Contains(Canary, StringComparison.OrdinalIgnoreCase));
}
