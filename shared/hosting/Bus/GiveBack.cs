using MassTransit;

namespace StreamChat.Hosting.Bus;

/// <summary>
/// A consumer of a <see cref="BusEndpoints.WorkQueue"/> returns a message that it cannot finish because its process stops. The
/// broker delivers it to another process, marked as redelivered. To be thrown out of the consumer while the process stops, and
/// only then: at other times the broker would deliver the message here again at once.
/// </summary>
/// <remarks>
/// Not a cancellation, on purpose. MassTransit gives a message back for a cancellation only once <see cref="BusOptions.StopTimeout"/>
/// is over and the message's own token has fired; one that is thrown before that it takes for a fault of the consumer, and moves
/// the message to the error queue, which would lose it.
/// </remarks>
public sealed class GiveBackException() : Exception("Given back to the broker, because this process stops.");

/// <summary>First in the error pipe: what is thrown out of it makes the transport return the message.</summary>
internal sealed class GiveBackFilter : IFilter<ExceptionReceiveContext>
{
    public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next) =>
        context.Exception is GiveBackException ? Task.FromException(context.Exception) : next.Send(context);

    public void Probe(ProbeContext context) => context.CreateFilterScope("giveBack");
}
