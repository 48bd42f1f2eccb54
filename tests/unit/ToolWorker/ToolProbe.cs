using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Work;
using StreamChat.ToolWorker;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.UnitTests.ToolWorker;

/// <summary>Calls one tool as an agent-worker would, with the checks and limits around it.</summary>
internal static class ToolProbe
{
    public static async Task<ToolResult> CallAsync(Tool tool, string arguments)
    {
        using MemoryStore store = new();
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var options = Options.Create(new ToolWorkerOptions());
        ToolMetrics metrics = new(services.GetRequiredService<IMeterFactory>());
        ProgressSender progress = new(new ListTransport(), options, metrics, TimeProvider.System, NullLogger<ProgressSender>.Instance);
        ToolInvoker invoker = new(
            new ToolRegistry([tool]), new DirectCalls(Options.Create(new DirectCallOptions())), store.Ledger(TimeProvider.System), options, metrics, progress,
            services.Abandoned(TimeProvider.System), TimeProvider.System, NullLogger<ToolInvoker>.Instance);
        return await invoker.InvokeAsync(
            new CallTool
            {
                RunId = Guid.Empty,
                ToolCallId = "call-1",
                Name = tool.Function.Name,
                Arguments = JsonElement.Parse(arguments),
                UserId = "ada",
                ThreadId = "thread",
                WorkerId = "worker",
                Timeout = TimeSpan.FromSeconds(30),
            },
            TestContext.Current.CancellationToken);
    }

    /// <summary>The result of a call that succeeds.</summary>
    public static async Task<JsonElement> ResultAsync(Tool tool, string arguments)
    {
        var answer = await CallAsync(tool, arguments);
        Assert.Null(answer.Error);
        return answer.Result!.Value;
    }

    /// <summary>The count of abandoned work, with the limits that a service has by default.</summary>
    public static AbandonedWork Abandoned(this IServiceProvider services, TimeProvider time) =>
        new(services.GetRequiredService<IMeterFactory>(), Options.Create(new WorkOptions()), time, NullLogger<AbandonedWork>.Instance);
}
