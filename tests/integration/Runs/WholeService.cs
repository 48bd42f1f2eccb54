using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StreamChat.AgentWorker;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Storage;
using StreamChat.Gateway;
using StreamChat.Gateway.Agents;
using StreamChat.Hosting;
using StreamChat.Hosting.Bus;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;
using StreamChat.ToolWorker;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.IntegrationTests.Runs;

/// <summary>A model that says what the test wants.</summary>
internal sealed class ScriptedModel(Func<IReadOnlyList<ChatMessage>, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> script, bool continuesPrefix = false) : IChatClient
{
    public static ChatResponseUpdate Text(string text) => new(ChatRole.Assistant, text);

    public static ChatResponseUpdate Call(string id, string tool, params (string Name, object? Value)[] arguments) =>
        new(ChatRole.Assistant, [new FunctionCallContent(id, tool, arguments.ToDictionary(a => a.Name, a => a.Value))]);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        script([.. messages], cancellationToken);

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        continuesPrefix && serviceType == typeof(PrefixContinuation) ? PrefixContinuation.Instance : null;

    public void Dispose()
    {
    }
}

/// <summary>Gateway, agent-worker and tool-worker in this process, joined by a real broker, with a scripted model and tools of the test.</summary>
internal sealed class WholeService : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly WebApplication _app;

    private WholeService(TemporaryFolder folder, WebApplication app)
    {
        _folder = folder;
        _app = app;
    }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Where its conversations are, for another one that is to share them.</summary>
    public (string Key, string Value) Store => ("Store:ConnectionString", ConnectionString(_folder));

    public IServiceProvider Services => _app.Services;

    /// <summary>How many rows a table of the store has.</summary>
    public Task<long> CountAsync(string table) => QueryAsync($"select count(*) from {table}");

    /// <summary>A number from the store.</summary>
    public Task<long> QueryAsync(string sql) => QueryAsync(sql, _folder.File("streamchat.db"));

    /// <summary>A number from a store that it shares with others.</summary>
    public static async Task<long> QueryAsync(string sql, string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file}");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public static Task<WholeService> StartAsync(
        Uri broker,
        Func<IReadOnlyList<ChatMessage>, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> script,
        IEnumerable<Tool>? tools = null,
        IConversationStore? store = null,
        params (string Key, string Value)[] settings) => StartAsync(broker, new ScriptedModel(script), tools, store, NullLoggerFactory.Instance, settings);

    /// <summary>With what a host of one's own adds to the container.</summary>
    public static Task<WholeService> StartAsync(Uri broker, IChatClient model, Action<IServiceCollection> add, params (string Key, string Value)[] settings) =>
        StartAsync(broker, model, tools: null, store: null, NullLoggerFactory.Instance, add, settings);

    /// <summary>The same, with a logger factory that outlives the service.</summary>
    public static Task<WholeService> StartAsync(
        Uri broker, IChatClient model, Action<IServiceCollection> add, ILoggerFactory logs, params (string Key, string Value)[] settings) =>
        StartAsync(broker, model, tools: null, store: null, logs, add, settings);

    /// <summary>With a model of the test's in the place of the demo model, and a logger factory that outlives the service.</summary>
    public static Task<WholeService> StartAsync(
        Uri broker, IChatClient model, IEnumerable<Tool>? tools, IConversationStore? store, ILoggerFactory logs, params (string Key, string Value)[] settings) =>
        StartAsync(broker, model, tools, store, logs, _ => { }, settings);

    private static async Task<WholeService> StartAsync(
        Uri broker, IChatClient model, IEnumerable<Tool>? tools, IConversationStore? store, ILoggerFactory logs, Action<IServiceCollection> add,
        (string Key, string Value)[] settings)
    {
        var folder = new TemporaryFolder();
        var builder = StreamChatHost.CreateBuilder([], "test", defaultPort: 0);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["URLS"] = "http://127.0.0.1:0",
            ["Bus:Uri"] = broker.ToString(),
            ["Bus:StopTimeout"] = "00:00:02",
            ["Agents:Team:triage:Tools:0"] = "*",
            ["Store:ConnectionString"] = ConnectionString(folder),
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value));

        // MassTransit keeps the last logger factory in a static: with one for all hosts, none finds that of another disposed
        builder.Services.AddSingleton(logs);
        builder.Services.AddGateway();
        builder.Services.AddAgentWorker(builder.Configuration);
        builder.Services.AddToolWorker(builder.Configuration);
        builder.Services.AddStreamChatBus(builder.Configuration, new GatewayBus(), new AgentWorkerBus(), new ToolWorkerBus());
        builder.Services.Replace(ServiceDescriptor.Singleton(model));
        if (store is not null)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(store));
        }

        if (store is IRoomStore rooms)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(rooms));
        }

        var wanted = tools?.ToList() ?? [];
        wanted.ForEach(t => builder.Services.AddSingleton(t));
        add(builder.Services);
        var app = builder.Build();
        app.MapGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        var service = new WholeService(folder, app);
        using var http = new HttpClient();
        await Eventually.TrueAsync(
            async () => (await http.GetAsync(new Uri(service.Address, "/health/ready"), TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        await Eventually.TrueAsync(() => app.Services.GetRequiredService<IAgentDirectory>().Agents.Count > 0);
        await Eventually.TrueAsync(() => wanted.TrueForAll(t => app.Services.GetRequiredService<ToolCatalog>().Current().Tools.ContainsKey(t.Function.Name)));
        return service;
    }

    public Task<NativeClient> ConnectAsync(string userId = "ada") => NativeClient.ConnectAsync(Address, userId);

    /// <summary>Stops as on SIGTERM: what it has in hand ends first.</summary>
    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private static string ConnectionString(TemporaryFolder folder) => $"Data Source={folder.File("streamchat.db")}";
}
