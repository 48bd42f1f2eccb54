using System.Runtime.CompilerServices;
using MassTransit;
using MassTransit.RabbitMqTransport.Configuration;

namespace StreamChat.Hosting.Bus.Broker;

/// <summary>
/// Lets a queue be read again sooner after a connection was lost. MassTransit tries once, too early as a rule: its own dead connection is not put away
/// yet, or the broker still has the queues of that one. It then pauses for three to six seconds, and for longer each time that it fails.
/// That pause is all of the silence that people see, and cannot be set
/// (https://github.com/MassTransit/MassTransit/blob/v8.5.8/src/MassTransit/Configuration/BaseHostConfiguration.cs).
/// </summary>
internal static class SoonerRetry
{
    // days: it is worked out beforehand, each pause of it
    private const int Most = 100_000;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(300);

    // longer than an operation takes that the broker does not answer
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(15);

    /// <summary>Sets the pauses; what is worth a retry stays MassTransit's to say.</summary>
    /// <exception cref="MissingFieldException">This is another MassTransit than the one that it was written for.</exception>
    public static void Use(IRabbitMqBusFactoryConfigurator bus, TimeProvider time)
    {
        var host = (RabbitMqHostConfiguration)HostOf((RabbitMqBusFactoryConfigurator)bus);
        ref var policy = ref PolicyOf(host);
        var theirs = policy;
        var pauses = Retry.CreatePolicy(retry =>
        {
            retry.Handle<Exception>(theirs.IsHandled);
            retry.Exponential(Most, First, Longest, Step);
        });
        policy = new FreshRetry(pauses, Calm, time);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_hostConfiguration")]
    private static extern ref readonly IRabbitMqHostConfiguration HostOf(RabbitMqBusFactoryConfigurator bus);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<ReceiveTransportRetryPolicy>k__BackingField")]
    private static extern ref IRetryPolicy PolicyOf(RabbitMqHostConfiguration host);
}
