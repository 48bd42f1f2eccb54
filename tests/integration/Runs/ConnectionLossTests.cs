using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using StreamChat.Hosting.Bus.Broker;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Cleanup;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.Runs;

/// <summary>The broker closes the connections of workers that live: it gives their requests to whoever is there first.</summary>
public sealed class ConnectionLossTests(RabbitMqServer broker) : IAsyncDisposable
{
    private const int MostCloses = 30;

    // a connection that is closed while it is opened waits for time-outs of 5 s, several of them on a busy machine
    private static readonly TimeSpan ReconnectDeadline = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DisposableStack _open = new();

    public async ValueTask DisposeAsync()
    {
        _go.TrySetResult();
        await _open.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_that_moves_between_living_workers_again_and_again_is_not_taken_for_one_that_kills_them(bool waits)
    {
        Assert.SkipUnless(broker.IsOurs, "The broker's connections are not ours to close.");
        var host = await broker.CreateVirtualHostAsync();
        var one = _open.Add(await WholeService.StartAsync(host, Script, settings: ("Limits:Run:LostWorkers", "3")));
        var two = _open.Add(await WholeService.StartAsync(host, Script, settings: [one.Store, ("Limits:Run:LostWorkers", "3")]));
        var client = _open.Add(await one.ConnectAsync());
        var first = new Transcript(await client.StartAsync("go", threadId: "t"));
        await client.ReadUntilAsync(first, () => first.Text.Length > 0);
        var run = waits ? new Transcript(await client.StartAsync("go", threadId: "t")) : first;
        if (waits)
        {
            await client.ReadUntilAsync(run, () => run.Types.Contains("RUN_STARTED"));
        }

        for (var closes = 0; await AttemptAsync() < 6; closes++)
        {
            Assert.True(closes < MostCloses, $"{closes} closes, and attempt {await AttemptAsync()}");
            await broker.ControlAsync("close_all_connections", "--vhost", host.AbsolutePath.Trim('/'), "a test");
            await Task.WhenAll(new[] { one, two }.Select(service => Eventually.TrueAsync(() => service.Services.GetRequiredService<BrokerWatch>().State == BrokerState.Available, ReconnectDeadline)));
        }

        _go.SetResult();
        await client.ReadToEndAsync(run);
        Assert.Equal(("RUN_FINISHED", null, "said"), (run.End, run.Code, run.Text));
        Assert.InRange(run.Attempt, 6, MostCloses + 1);

        Task<long> AttemptAsync() => one.QueryAsync($"select attempt from runs where run_id = '{run.RunId}'");
    }

    private async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Text("sa");
        await _go.Task.WaitAsync(cancellationToken);
        yield return Text("id");
    }
}
