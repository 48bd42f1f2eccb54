using System.Runtime.CompilerServices;
using MassTransit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using StreamChat.Hosting.Bus;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Cleanup;
using StreamChat.TestSupport.Sockets;
using StreamChat.ToolWorker.Tools;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.Runs;

/// <summary>A worker that stops takes no more runs, and is as good as any other for those that it has, until the last of them has ended.</summary>
public sealed class StopTests(RabbitMqServer broker) : IAsyncLifetime
{
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DisposableStack _open = new();
    private Task? _stopped;
    private WholeService _other = null!;
    private Transcript _run = null!;

    /// <summary>A run on a worker that is stopping, with another service beside it.</summary>
    public async ValueTask InitializeAsync()
    {
        var host = await broker.CreateVirtualHostAsync();
        Tool[] tools = [new Tool(AIFunctionFactory.Create(() => "looked up", "look_up", "For the test."), TimeSpan.FromSeconds(20), SafeToRepeat: true)];
        var stopping = _open.Add(await WholeService.StartAsync(host, Script, tools, settings: ("Bus:StopTimeout", "00:01:00")));
        await using var client = await stopping.ConnectAsync();

        // before there is another worker
        _run = new Transcript(await client.StartAsync("go", threadId: "t"));
        await client.ReadUntilAsync(_run, () => _run.Text == "before ");
        _other = _open.Add(await WholeService.StartAsync(host, Script, tools, settings: stopping.Store));

        // its other queues are not read any more
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stopping.Services.GetRequiredService<IBusControl>().ConnectReceiveEndpointObserver(
            new QueueObserver(BusNames.RunDirectory) { OnUnread = () => left.TrySetResult() });
        _stopped = stopping.StopAsync();
        await left.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _go.TrySetResult();
        await _open.DisposeAsync();
    }

    [Fact]
    public async Task It_is_attached_to_and_its_tools_answer()
    {
        var (client, seen) = await AttachAsync();
        Assert.Equal("before ", seen.Text);
        _go.SetResult();
        await client.ReadToEndAsync(seen);

        Assert.Equal((1, "RUN_FINISHED", "before after"), (seen.Attempt, seen.End, seen.Text));
        Assert.Equal("looked up", Assert.Single(seen.ToolCalls).Result);
        await _stopped!;
    }

    [Fact]
    public async Task It_is_cancelled()
    {
        var (client, seen) = await AttachAsync();
        await client.SendAsync($$"""{"type":"cancel","runId":"{{_run.RunId}}"}""");
        await client.ReadToEndAsync(seen);

        Assert.Equal((1, "RUN_ERROR", "cancelled", "before "), (seen.Attempt, seen.End, seen.Code, seen.Text));
        await _stopped!;
    }

    private async Task<(NativeClient Client, Transcript Seen)> AttachAsync()
    {
        var client = _open.Add(await _other.ConnectAsync());
        await client.SendAsync($$"""{"type":"attach","runId":"{{_run.RunId}}"}""");
        var seen = new Transcript(_run.RunId, asked: false);
        await client.ReadUntilAsync(seen, () => seen.Deltas > 0);
        return (client, seen);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (messages[^1].Role == ChatRole.Tool)
        {
            yield return Text("after");
            yield break;
        }

        yield return Text("before ");
        await _go.Task.WaitAsync(cancellationToken);
        yield return Call("c1", "look_up");
    }
}
