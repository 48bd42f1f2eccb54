using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.TestSupport.Time;
using StreamChat.ToolWorker;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.UnitTests.ToolWorker;

/// <summary>Which tools a client may call itself, and what is refused to it.</summary>
public sealed class DirectCallsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MemoryStore _store = new();
    private int _ran;

    public void Dispose()
    {
        _services.Dispose();
        _store.Dispose();
    }

    [Theory]
    [InlineData("{}", "lists")]
    [InlineData("""{"Tools":{"Weather":{"Provider":"Sample"}}}""", "lists")]
    [InlineData("""{"Tools":{"Direct":[]}}""", "")]
    [InlineData("""{"Tools":{"Direct":""}}""", "")]
    [InlineData("""{"Tools":{"Direct":["*"]}}""", "lists stores added reads deletes")]
    [InlineData("""{"Tools":{"Direct":"*"}}""", "lists stores added reads deletes")]
    [InlineData("""{"Tools":{"Direct":["deletes","nobodys"]}}""", "deletes")]
    [InlineData("""{"Tools":{"Direct":" stores , reads "}}""", "stores reads")]
    [InlineData("""{"Tools":{"Direct":"LISTS"}}""", "")]
    public async Task What_a_client_may_call_is_decided_by_the_list_or_is_built_in_and_changes_nothing(string json, string callable)
    {
        List<string> called = [];
        foreach (var tool in Tools())
        {
            var answer = await CallAsync(json, tool, Direct(tool.Function.Name));
            if (answer.Error is null)
            {
                called.Add(tool.Function.Name);
            }
            else
            {
                Assert.Equal($"Tool not found: {tool.Function.Name}", answer.Error);
            }
        }

        Assert.Equal(callable, string.Join(' ', called));
        Assert.Equal(called.Count, _ran);
    }

    [Fact]
    public async Task An_agents_call_is_not_restricted_by_the_list()
    {
        foreach (var tool in Tools())
        {
            Assert.Null((await CallAsync("""{"Tools":{"Direct":[]}}""", tool, Direct(tool.Function.Name) with { Direct = false, WorkerId = "w" })).Error);
        }
    }

    [Fact]
    public async Task A_call_of_an_older_gateway_that_marks_nothing_is_a_clients_too()
    {
        var deletes = Tools().Single(t => t.Function.Name == "deletes");
        Assert.Equal("Tool not found: deletes", (await CallAsync("{}", deletes, Direct("deletes") with { Direct = false })).Error);
        Assert.Equal("Tool not found: deletes", (await CallAsync("{}", deletes, Direct("deletes") with { WorkerId = "w" })).Error);
        Assert.Equal(0, _ran);
    }

    [Fact]
    public async Task A_tool_that_is_refused_looks_like_one_that_does_not_exist()
    {
        var deletes = Tools().Single(t => t.Function.Name == "deletes");
        var refused = await CallAsync("{}", deletes, Direct("deletes"));
        var unknown = await CallAsync("{}", deletes, Direct("nothing"));
        Assert.Equal(unknown.Error!.Replace("nothing", "deletes", StringComparison.Ordinal), refused.Error);
        Assert.Equal((unknown.Result, unknown.Context), (refused.Result, refused.Context));

        // also when its arguments are wrong
        Assert.Equal("Tool not found: deletes", (await CallAsync("{}", deletes, Direct("deletes") with { Arguments = JsonElement.Parse("[1]") })).Error);
    }

    [Theory]
    [InlineData("""{"Tools":{"Direct":["lights.on"]}}""")]
    [InlineData("""{"Tools":{"Direct":"calculator;weather"}}""")]
    [InlineData("""{"Tools":{"Direct":["files_*"]}}""")]
    [InlineData("""{"Tools":{"Direct":[""]}}""")]
    [InlineData("""{"Tools":{"Direct":["calculator"]}}""", "Tools:Direct=")]
    [InlineData("""{"Tools":{"Direct":"calculator"}}""", "Tools:Direct:0=weather")]
    public void A_name_that_no_tool_can_have_stops_the_process_and_the_key_is_named(string json, string? environment = null)
    {
        var configuration = new ConfigurationBuilder().AddConfiguration(Configuration(json))
            .AddInMemoryCollection(environment is null ? [] : [KeyValuePair.Create(environment.Split('=')[0], (string?)environment.Split('=')[1])])
            .Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddToolWorker(configuration).BuildServiceProvider();
        var e = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<DirectCallOptions>>().Value);
        Assert.StartsWith("Tools:Direct: ", Assert.Single(e.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void On_the_wire_the_mark_is_left_out_where_it_is_false()
    {
        var call = Direct("x");
        Assert.Contains("\"direct\":true", JsonSerializer.Serialize(call, JsonSerializerOptions.Web), StringComparison.Ordinal);
        Assert.DoesNotContain("direct", JsonSerializer.Serialize(call with { Direct = false }, JsonSerializerOptions.Web), StringComparison.OrdinalIgnoreCase);
    }

    private static CallTool Direct(string name) => new()
    {
        RunId = Guid.Empty,
        ToolCallId = "call-1",
        Name = name,
        Arguments = JsonElement.Parse("{}"),
        UserId = "ada",
        ThreadId = "~tool/1",
        Direct = true,
        Timeout = TimeSpan.FromSeconds(60),
    };

    private static IConfigurationRoot Configuration(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

    // one of each kind: ours that only reads, ours that stores, one that a host added, an MCP server's that says it only reads, and one that does not
    private Tool[] Tools()
    {
        using var added = new ServiceCollection().AddTools([Function("added")], safeToRepeat: true).BuildServiceProvider();
        return
        [
            Tool.OfJson(Run, "lists", "", TimeSpan.FromSeconds(5)),
            Tool.Storing(Run, "stores", "", TimeSpan.FromSeconds(5)),
            added.GetRequiredService<Tool>(),
            new Tool(Function("reads"), TimeSpan.FromSeconds(5), SafeToRepeat: true) { ChecksArguments = false },
            new Tool(Function("deletes"), TimeSpan.FromSeconds(5), SafeToRepeat: false) { ChecksArguments = false },
        ];
    }

    private JsonElement Run()
    {
        _ran++;
        return JsonElement.Parse("1");
    }

    private AIFunction Function(string name) => AIFunctionFactory.Create(Run, name);

    private async Task<ToolResult> CallAsync(string json, Tool tool, CallTool call)
    {
        DirectCallOptions options = new();
        options.Read(Configuration(json).GetSection(DirectCallOptions.Section));
        var limits = Options.Create(new ToolWorkerOptions());
        ToolMetrics metrics = new(_services.GetRequiredService<IMeterFactory>());
        ProgressSender progress = new(new ListTransport(), limits, metrics, _time, NullLogger<ProgressSender>.Instance);
        ToolInvoker invoker = new(
            new ToolRegistry([tool]), new DirectCalls(Options.Create(options)), _store.Ledger(_time), limits, metrics, progress,
            _services.Abandoned(_time), _time, NullLogger<ToolInvoker>.Instance);
        return await invoker.InvokeAsync(call with { ToolCallId = $"{call.Name}-{Guid.NewGuid()}" }, TestContext.Current.CancellationToken);
    }
}
