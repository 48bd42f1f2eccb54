using System.Globalization;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Streams;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.Outages;

/// <summary>Makes an outage under streams and reports how long people waited.</summary>
internal static class OutageCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs it.</summary>
    /// <returns>0 when every stream was whole, 1 when not, 2 for a wrong command line.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        if (OutageOptions.Parse(args) is not { } options)
        {
            await errors.WriteLineAsync(OutageOptions.Usage);
            return 2;
        }

        return options.What == "rolling"
            ? await RollingAsync(options, output, errors, cancellationToken)
            : await NodesAsync(options, output, errors, cancellationToken);
    }

    private static async Task<int> RollingAsync(OutageOptions options, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        await using var broker = RabbitMqServer.OfOurOwn();
        await broker.StartAsync();
        await using var fleet = await ServiceFleet.StartAsync([new("Bus__Uri", broker.Uri.ToString())]);
        return await UnderStreamsAsync(
            options,
            fleet,
            crowd => RollingRestart.RunAsync(fleet, (service, away) => output.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{service} restarted, {away.TotalSeconds:0.0} s; streams ended {crowd.Ended}, {crowd}"))),
            output,
            errors,
            cancellationToken);
    }

    private static async Task<int> NodesAsync(OutageOptions options, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        await using var broker = new RabbitMqCluster();
        await broker.StartAsync();
        await using var fleet = await ServiceFleet.StartAsync(broker.Settings);
        return await UnderStreamsAsync(
            options,
            fleet,
            async crowd =>
            {
                var leader = await broker.NodeOfAsync("agent-runs");
                await broker.KillAsync(leader);
                await output.WriteLineAsync($"killed {leader}, the leader of agent-runs");
                await Task.WhenAll(fleet.Members.Select(m => m.Process.WaitUntilReadyAsync(Patience)));
                await broker.RestartAsync(leader);
                await output.WriteLineAsync($"it is back; {crowd}");
                var home = await broker.NodeOfAsync("gateway-");
                await broker.KillAsync(home);
                await output.WriteLineAsync($"killed {home}, which a gateway was connected to");
                await Task.WhenAll(fleet.Members.Select(m => m.Process.WaitUntilReadyAsync(Patience)));
            },
            output,
            errors,
            cancellationToken);
    }

    private static async Task<int> UnderStreamsAsync(
        OutageOptions options, ServiceFleet fleet, Func<StreamCrowd, Task> outage, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var crowd = StreamCrowd.Start(fleet.Edges, options.Streams, options.Tokens, options.Rate, TimeProvider.System, cancellationToken);
        try
        {
            await Eventually.TrueAsync(() => crowd.AllHaveBegun, Patience);
            await output.WriteLineAsync($"{options.Streams} streams of {options.Tokens} tokens at {options.Rate.ToString(CultureInfo.InvariantCulture)}/s have begun; {crowd}");
            await outage(crowd);
            var endedBefore = crowd.Ended;
            await crowd.FinishAsync(Patience);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{options.What}: {crowd}"));
            await output.WriteLineAsync(endedBefore == 0
                ? "all streams were under way throughout"
                : $"{endedBefore} streams had ended before it was over: ask for more tokens");
            return 0;
        }
        catch (InvalidOperationException e)
        {
            await errors.WriteLineAsync($"{e.Message}\n{crowd}");
            return 1;
        }
        finally
        {
            if (options.Log is not null)
            {
                await File.WriteAllTextAsync(options.Log, fleet.ToString(), CancellationToken.None);
            }
        }
    }
}
