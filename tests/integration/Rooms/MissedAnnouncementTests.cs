using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using StreamChat.AgentWorker;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Cleanup;
using StreamChat.TestSupport.Sockets;

namespace StreamChat.IntegrationTests.Rooms;

/// <summary>A gateway that was away from the broker for a moment learns what was told to all in that moment.</summary>
public sealed class MissedAnnouncementTests(RabbitMqServer broker) : IAsyncDisposable
{
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DisposableStack _open = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _go.TrySetResult();
        await _open.DisposeAsync();
    }

    [Fact]
    public async Task Runs_that_began_then_are_shown_from_their_start_to_who_has_joined_their_threads()
    {
        var host = await broker.CreateVirtualHostAsync();
        var line = _open.Add(new TcpRelay(host.Port));
        var away = _open.Add(await WholeService.StartAsync(new UriBuilder(host) { Port = line.Port }.Uri, Script));
        var there = _open.Add(await WholeService.StartAsync(host, Script, settings: away.Store));
        var phone = _open.Add(await away.ConnectAsync());
        var desk = _open.Add(await there.ConnectAsync());

        // as while its queue is gone with the connection
        var queue = away.Services.GetRequiredService<GatewayIdentity>().ClusterQueue;
        await using (var connection = await new ConnectionFactory { Uri = host }.CreateConnectionAsync(Token))
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
            await channel.ExchangeUnbindAsync(queue, $"{typeof(RunsAnnounced).Namespace}:{nameof(RunsAnnounced)}", "", cancellationToken: Token);
        }

        // the workers take turns; a run of the one that is cut off too would be announced again by itself
        var worker = there.Services.GetRequiredService<WorkerIdentity>().WorkerId;
        Transcript run;
        var runs = 0;
        do
        {
            var thread = $"thread-{++runs}";
            await TwoGateways.JoinAsync(phone, thread);
            run = new Transcript(await desk.StartAsync("count", threadId: thread));
            await desk.ReadUntilAsync(run, () => run.Text == "one ");
        }
        while (await away.QueryAsync($"select count(*) from runs where worker_id = '{worker}' and run_id = '{run.RunId}'") == 0 && runs < 4);
        await TwoGateways.AssertSilentAsync(phone);

        line.Cut();
        var seen = new Transcript(run.RunId, asked: false);
        await phone.ReadUntilAsync(seen, () => seen.Text == "one ");
        _go.SetResult();
        await phone.ReadToEndAsync(seen);
        Assert.Equal(("one two", "RUN_FINISHED", 1), (seen.Text, seen.End, seen.Attempt));
    }

    private async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return ScriptedModel.Text("one ");
        await _go.Task.WaitAsync(cancellationToken);
        yield return ScriptedModel.Text("two");
    }
}
