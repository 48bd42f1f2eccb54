using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using StreamChat.Edge;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Http;
using StreamChat.Hosting.Options;
using StreamChat.Hosting.Telemetry;
using StreamChat.Storage;
using StreamChat.TestSupport.Processes;

namespace StreamChat.UnitTests.Deployment;

/// <summary>Whether the containers would come up, as far as can be told without starting them.</summary>
public sealed partial class ComposeTests(ComposeTests.ResolvedFile file) : IClassFixture<ComposeTests.ResolvedFile>
{
    private static readonly string[] Ours =
        ["agent-worker-1", "agent-worker-2", "edge", "gateway-1", "gateway-2", "tool-worker-1", "tool-worker-2"];

    private static readonly string[] Theirs = ["jaeger", "postgres", "rabbitmq"];

    /// <summary>Read by the host, not through options.</summary>
    private static readonly string[] HostKeys = ["HOST", "PORT", HostNames.Key, TelemetryRegistration.EndpointVariable];

    private readonly Dictionary<string, JsonElement> _services = file.Services;

    [Fact]
    public void Every_part_of_the_system_is_there() => Assert.Equal([.. Ours.Concat(Theirs).Order()], _services.Keys.Order());

    [Fact]
    public void Ours_are_built_from_a_service_of_the_same_name_and_theirs_are_pinned()
    {
        foreach (var name in Ours)
        {
            var built = _services[name].GetProperty("build").GetProperty("args").GetProperty("SERVICE").GetString()!;
            Assert.Equal(built, TrailingNumber.Replace(name, ""));
            Assert.Equal($"streamchat/{built}", _services[name].GetProperty("image").GetString());
            Assert.True(File.Exists(RepositoryLayout.ServiceAssembly(built)));
        }

        foreach (var name in Theirs)
        {
            Assert.Matches(PinnedImage, _services[name].GetProperty("image").GetString());
        }
    }

    [Fact]
    public void None_runs_as_root()
    {
        foreach (var (name, service) in _services)
        {
            Assert.True(service.TryGetProperty("user", out var user), $"{name} has no user");
            Assert.DoesNotMatch("^(root|0)(:|$)", user.GetString());
        }
    }

    [Fact]
    public void All_come_back_after_a_crash_and_tell_whether_they_are_well()
    {
        foreach (var name in Theirs)
        {
            Assert.NotEmpty(_services[name].GetProperty("healthcheck").GetProperty("test").EnumerateArray());
        }

        // ours have theirs in the image
        Assert.Contains("HEALTHCHECK", Dockerfile.Text, StringComparison.Ordinal);
        Assert.All(_services.Values, s => Assert.Equal("unless-stopped", s.GetProperty("restart").GetString()));
    }

    [Fact]
    public void All_have_a_bound_of_memory_and_those_with_data_have_time_to_stop()
    {
        Assert.All(_services, s => Assert.True(s.Value.TryGetProperty("mem_limit", out _), $"{s.Key} has no limit of memory"));
        Assert.All(Theirs.Where(n => n != "jaeger"), n => Assert.True(_services[n].TryGetProperty("stop_grace_period", out _), $"{n} is killed after 10 s"));
    }

    [Fact]
    public void What_a_service_needs_is_waited_for_until_it_is_healthy()
    {
        Assert.Equal(["gateway-1", "gateway-2"], Needs("edge"));
        Assert.Equal(["rabbitmq"], Needs("gateway-1"));
        Assert.Equal(["postgres", "rabbitmq"], Needs("agent-worker-1"));
        Assert.Equal(["postgres", "rabbitmq"], Needs("tool-worker-1"));

        IEnumerable<string> Needs(string name) => _services[name].GetProperty("depends_on").EnumerateObject()
            .Where(d => d.Value.GetProperty("condition").GetString() == "service_healthy").Select(d => d.Name).Order();
    }

    [Fact]
    public void Every_setting_is_one_that_the_service_knows()
    {
        foreach (var name in Ours)
        {
            var known = ConfigurationKeys.Of(Assembly.LoadFrom(RepositoryLayout.ServiceAssembly(TrailingNumber.Replace(name, ""))));
            Assert.All(
                Configuration(name).AsEnumerable().Where(s => s.Value is not null).Select(s => s.Key),
                key => Assert.True(HostKeys.Contains(key) || known.Any(k => k.IsMatch(key)), $"{name} does not know {key}"));
        }
    }

    [Fact]
    public void A_setting_that_no_service_knows_would_be_noticed()
    {
        var known = ConfigurationKeys.Of(typeof(EdgeApp).Assembly);
        Assert.Contains(known, k => k.IsMatch("Edge:Gateways:0"));
        Assert.DoesNotContain(known, k => k.IsMatch("Edge:Gateway:0") || k.IsMatch("Edge:Gateways") || k.IsMatch("Store:Provider"));
    }

    [Fact]
    public void Settings_are_valid_and_lead_to_the_other_services_with_the_same_password()
    {
        var edge = Configuration("edge").GetValidatedOptions<EdgeOptions>(EdgeOptions.Section);
        Assert.Equal(
            ["gateway-1", "gateway-2"],
            edge.Gateways.Select(gateway =>
            {
                Assert.Equal(Configuration(gateway.Host)["PORT"], gateway.Port.ToString(provider: null));
                return gateway.Host;
            }));
        Assert.Contains(_services["edge"].GetProperty("ports").EnumerateArray(), port => PublishedPort(port) == "8080");

        foreach (var name in Ours.Where(n => n != "edge"))
        {
            var bus = Configuration(name).GetValidatedOptions<BusOptions>(BusOptions.Section);
            Assert.Equal(("streamchat:rabbit0", "rabbitmq"), (bus.Uri.UserInfo, bus.Uri.Host));
        }

        Assert.Equal("rabbit0", Configuration("rabbitmq")["RABBITMQ_DEFAULT_PASS"]);

        foreach (var name in Ours.Where(n => n.Contains("-worker-", StringComparison.Ordinal)))
        {
            var store = Configuration(name).GetValidatedOptions<StoreOptions>(StoreOptions.Section);
            Assert.Equal(StoreProvider.Postgres, store.Provider);
            Assert.Contains("Host=postgres", store.ConnectionString!, StringComparison.Ordinal);
            Assert.Contains("Password=postgres0", store.ConnectionString!, StringComparison.Ordinal);
        }

        Assert.Equal("postgres0", Configuration("postgres")["POSTGRES_PASSWORD"]);
    }

    [Fact]
    public async Task Nobody_on_the_network_reaches_it_unless_the_operator_says_so()
    {
        var published = _services.SelectMany(s => s.Value.TryGetProperty("ports", out var ports) ? ports.EnumerateArray() : [], (s, port) => (s.Key, On: PublishedOn(port)));
        Assert.Equal([("edge", "127.0.0.1"), ("jaeger", "127.0.0.1"), ("rabbitmq", "127.0.0.1")], published.Order());

        var opened = await ComposeFile.ReadAsync(("STREAMCHAT_BIND", "0.0.0.0"));
        var services = opened.GetProperty("services");
        Assert.Equal("0.0.0.0", PublishedOn(Assert.Single(services.GetProperty("edge").GetProperty("ports").EnumerateArray())));
        Assert.Equal("127.0.0.1", PublishedOn(Assert.Single(services.GetProperty("rabbitmq").GetProperty("ports").EnumerateArray())));
    }

    [Fact]
    public async Task Without_any_environment_it_works_too()
    {
        var file = await ComposeFile.ReadAsync(("RABBITMQ_PASSWORD", ""), ("POSTGRES_PASSWORD", ""));
        Assert.DoesNotContain("\":@", file.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(
            "streamchat", file.GetProperty("services").GetProperty("postgres").GetProperty("environment").GetProperty("POSTGRES_PASSWORD").GetString());
    }

    [GeneratedRegex("-[0-9]+$")]
    private static partial Regex TrailingNumber { get; }

    [GeneratedRegex("^[a-z/-]+:[0-9]+[.][0-9]+([.][0-9]+)?(-[a-z]+)?$")]
    private static partial Regex PinnedImage { get; }

    // an object, or with version 1 text such as 127.0.0.1:8080:8080/tcp
    private static string PublishedPort(JsonElement port) =>
        port.ValueKind == JsonValueKind.Object ? port.GetProperty("published").ToString() : port.ToString().Split(':')[^2];

    private static string? PublishedOn(JsonElement port) =>
        port.ValueKind == JsonValueKind.Object ? (port.TryGetProperty("host_ip", out var address) ? address.GetString() : null)
        : port.ToString().Split(':') is [.. var host, _, _] && host.Length > 0 ? string.Join(':', host) : null;

    /// <summary>A service's environment as .NET reads it.</summary>
    private IConfiguration Configuration(string service) => new ConfigurationBuilder()
        .AddInMemoryCollection(_services[service].GetProperty("environment").EnumerateObject()
            .Select(v => KeyValuePair.Create(v.Name.Replace("__", ":", StringComparison.Ordinal), v.Value.GetString())))
        .Build();

    /// <summary>Read once for all tests, with passwords that are not the defaults.</summary>
    public sealed class ResolvedFile : IAsyncLifetime
    {
        public Dictionary<string, JsonElement> Services { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            var file = await ComposeFile.ReadAsync(("RABBITMQ_PASSWORD", "rabbit0"), ("POSTGRES_PASSWORD", "postgres0"), ("STREAMCHAT_BIND", ""));
            Services = file.GetProperty("services").EnumerateObject().ToDictionary(s => s.Name, s => s.Value);
        }

        public ValueTask DisposeAsync() => default;
    }
}
