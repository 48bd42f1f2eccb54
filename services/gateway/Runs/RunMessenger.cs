using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Bus.Broker;

namespace StreamChat.Gateway.Runs;

/// <summary>The way to the worker that has a run: straight to it when it is known and there, else by the directory, where any worker finds out who has it now.</summary>
internal sealed class RunMessenger(IBus bus, BrokerWatch broker, InstanceSender sender, IOptions<BusOptions> options)
{
    /// <summary>Passes a message on, within the deadline of a publish. It may come twice.</summary>
    /// <param name="workerId">The worker that had the run last; null when it is not known.</param>
    /// <param name="message">The message.</param>
    /// <param name="isDurable">Whether the directory is to keep it over a restart of the broker.</param>
    /// <param name="cancellationToken">Gives up earlier.</param>
    /// <exception cref="TimeoutException">It could not be passed on in time.</exception>
    public async Task SendAsync<T>(string? workerId, T message, bool isDurable, CancellationToken cancellationToken)
        where T : class
    {
        if (workerId is not null)
        {
            try
            {
                await sender.SendAsync(BusNames.Instance(BusNames.AgentWorker, workerId), message, cancellationToken);
                return;
            }
            catch (InstanceGoneException)
            {
                // the directory then
            }
        }

        await broker.PublishAsync(
            options.Value.PublishTimeout, token => bus.Publish(message, (PublishContext<T> context) => context.Durable = isDurable, token), cancellationToken);
    }
}
