using MassTransit;
using MassTransit.RabbitMqTransport;

namespace StreamChat.Hosting.Bus;

/// <summary>
/// Around all that an endpoint does on its channel. The client library reports an operation that the broker did not answer in
/// time as cancelled, for example consuming from a quorum queue that has no leader yet after the broker's start. MassTransit takes
/// a cancellation for a stop and never listens on that queue again; a broken connection it tries again.
/// </summary>
internal sealed class KeepListening : IFilter<ChannelContext>
{
    public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        try
        {
            await next.Send(context);
        }
        catch (OperationCanceledException e)
        {
            // a real stop is noticed by the caller, whatever the exception
            throw new RabbitMqConnectionException("The broker did not answer in time.", e);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("keepListening");
}
