using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StreamChat.AgentWorker.Storage;
using StreamChat.Hosting.Health;
using StreamChat.Storage;
using StreamChat.TestSupport.Databases;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Storage;

/// <summary>The store as a process has it: found at start, waited for, lost and found again.</summary>
public sealed class StoreStartTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_a_database_at_hand_the_store_is_ready_when_the_process_has_started()
    {
        using var folder = new TemporaryFolder();
        using var host = Build(("Provider", "Sqlite"), ("ConnectionString", $"Data Source={folder.File("store.db")}"));

        await host.StartAsync(Token);

        Assert.Equal(HealthStatus.Healthy, await ReadinessAsync(host));
        Assert.Null(await Store(host).FindRunAsync(Guid.CreateVersion7(), "alice", null, Token));
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task A_database_that_is_down_at_start_is_waited_for_and_one_that_comes_back_is_used_again()
    {
        await using var server = new PostgresServer();
        Assert.SkipUnless(server.IsOurs, "The database server given is not ours to stop.");
        using var host = Build(("Provider", "Postgres"), ("ConnectionString", server.ConnectionString), ("Timeout", "00:00:01"));

        await host.StartAsync(Token);
        Assert.Equal(HealthStatus.Unhealthy, await ReadinessAsync(host));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Store(host).FindRunAsync(Guid.CreateVersion7(), "alice", null, Token));

        await server.StartAsync();
        await Eventually.GetAsync(() => ReadinessAsync(host), status => status == HealthStatus.Healthy, Deadline);
        Assert.Single(Warnings(host));

        await server.StopAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Store(host).FindRunAsync(Guid.CreateVersion7(), "alice", null, Token));
        Assert.Equal(HealthStatus.Unhealthy, await ReadinessAsync(host));

        await server.StartAsync();
        await Eventually.GetAsync(() => ReadinessAsync(host), status => status == HealthStatus.Healthy, Deadline);
        Assert.Null(await Store(host).FindRunAsync(Guid.CreateVersion7(), "alice", null, Token));
        await host.StopAsync(Token);
    }

    private static IHost Build(params IEnumerable<(string Key, string Value)> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Store:{s.Key}", (string?)s.Value)));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<WarningList>();
        builder.Services.AddSingleton<ILoggerProvider>(services => services.GetRequiredService<WarningList>());
        builder.Services.AddConversationStore(builder.Configuration);
        return builder.Build();
    }

    private static IConversationStore Store(IHost host) => host.Services.GetRequiredService<IConversationStore>();

    private static IEnumerable<string> Warnings(IHost host) =>
        host.Services.GetRequiredService<WarningList>().Where(w => w.StartsWith(nameof(StoreInitializer), StringComparison.Ordinal));

    private static async Task<HealthStatus> ReadinessAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(check => check.Tags.Contains(HealthEndpoints.ReadyTag), Token)).Status;

    private sealed class WarningList : ConcurrentQueue<string>, ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

        public void Dispose()
        {
        }

        private sealed class Logger(WarningList list, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (IsEnabled(logLevel))
                {
                    list.Enqueue($"{category}: {formatter(state, exception)}");
                }
            }
        }
    }
}
