using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace StreamChat.Hosting.Bus;

/// <summary>Asks once, when the bus is up, for what others announce by themselves later.</summary>
/// <typeparam name="T">The question.</typeparam>
/// <param name="bus">Where to ask.</param>
/// <param name="options">How long asking may take.</param>
/// <param name="time">The clock.</param>
public abstract class AskOnce<T>(IBusControl bus, IOptions<BusOptions> options, TimeProvider time) : BackgroundService
    where T : class
{
    /// <summary>What is asked.</summary>
    protected abstract T Question { get; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
            await Deadlines.RunAsync(options.Value.PublishTimeout, time, token => bus.Publish(Question, token), stoppingToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            OnUnheard(e);
        }
    }

    /// <summary>The question could not be asked.</summary>
    /// <param name="exception">Why.</param>
    protected abstract void OnUnheard(Exception exception);
}
