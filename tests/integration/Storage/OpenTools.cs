using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Identity;
using StreamChat.Hosting.Work;
using StreamChat.Storage;
using StreamChat.Storage.Providers;
using StreamChat.ToolWorker;
using StreamChat.ToolWorker.BuiltIn.UserData;
using StreamChat.ToolWorker.Tools;
using StreamChat.ToolWorker.Tools.Ledger;

namespace StreamChat.IntegrationTests.Storage;

/// <summary>The tools that store, and the ledger of calls, over a database, as one tool-worker has them.</summary>
internal sealed class OpenTools : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly StoreDatabase _database;
    private readonly ToolInvoker _invoker;

    public OpenTools(StoreOptions options, TimeProvider? time = null, LedgerOptions? ledger = null, params IEnumerable<Tool> more)
    {
        time ??= TimeProvider.System;
        _database = options.Provider == StoreProvider.Postgres ? new PostgresDatabase(options) : new SqliteDatabase(options, TimeProvider.System);
        Transactions = new SqlTransactions(_database, options, time);
        ToolMetrics metrics = new(_services.GetRequiredService<IMeterFactory>());
        Ledger = new CallLedger(
            _database,
            Transactions,
            new ToolWorkerIdentity(new SystemIdGenerator(TimeProvider.System)),
            Options.Create(ledger ?? new LedgerOptions()),
            metrics,
            TimeProvider.System,
            NullLogger<CallLedger>.Instance);
        Limits = new UserDataOptions();
        UserDataStore store = new(_database, Transactions);
        NoteTools notes = new(store, Options.Create(Limits));
        TodoTools todos = new(store, Options.Create(Limits));
        PreferenceTools preferences = new(store, Options.Create(Limits));
        Tool[] tools = [notes.List, notes.Add, notes.Remove, todos.List, todos.Add, todos.Complete, todos.Remove, preferences.List, preferences.Set, .. more];
        var limits = Options.Create(new ToolWorkerOptions());
        ProgressSender progress = new(new NoTransport(), limits, metrics, TimeProvider.System, NullLogger<ProgressSender>.Instance);
        _invoker = new ToolInvoker(new ToolRegistry(tools), new DirectCalls(Options.Create(new DirectCallOptions())), Ledger, limits, metrics, progress,
            new AbandonedWork(_services.GetRequiredService<IMeterFactory>(), Options.Create(new WorkOptions()), TimeProvider.System, NullLogger<AbandonedWork>.Instance),
            TimeProvider.System, NullLogger<ToolInvoker>.Instance);
    }

    public SqlTransactions Transactions { get; }

    public CallLedger Ledger { get; }

    public UserDataOptions Limits { get; }

    /// <summary>A tool that must not be repeated and whose effect is outside of our database.</summary>
    public static Tool Unsafe(string name, Func<ToolCallContext, CancellationToken, Task<string>> effect, TimeSpan? timeout = null) => new(
        AIFunctionFactory.Create(
            (AIFunctionArguments arguments, CancellationToken token, string? text = null) => effect(ToolCallContext.Of(arguments), token), name, "For the test."),
        timeout ?? TimeSpan.FromSeconds(20),
        SafeToRepeat: false);

    public static CallTool Call(string name, string arguments = "{}", string userId = "ada", string? callId = null, Guid? runId = null) => new()
    {
        RunId = runId ?? Guid.CreateVersion7(),
        ToolCallId = callId ?? "call-1",
        Name = name,
        Arguments = JsonElement.Parse(arguments),
        UserId = userId,
        ThreadId = "thread",
        WorkerId = "worker",
        Timeout = TimeSpan.FromSeconds(20),
    };

    public Task<ToolResult> InvokeAsync(CallTool call, CancellationToken? token = null) =>
        _invoker.InvokeAsync(call, token ?? TestContext.Current.CancellationToken);

    public Task<ToolResult> InvokeAsync(string name, string arguments = "{}", string userId = "ada") => InvokeAsync(Call(name, arguments, userId));

    /// <summary>The result of a call that succeeds, as text.</summary>
    public async Task<string> ResultAsync(string name, string arguments = "{}", string userId = "ada")
    {
        var answer = await InvokeAsync(name, arguments, userId);
        Assert.Null(answer.Error);
        return answer.Result!.Value.GetRawText();
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync();
        }
        else
        {
            ((IDisposable)_database).Dispose();
        }

        await _services.DisposeAsync();
    }

    /// <summary>Nobody hears of progress.</summary>
    private sealed class NoTransport : IProgressTransport
    {
        public Task SendAsync(string workerId, ToolProgressed progress, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
