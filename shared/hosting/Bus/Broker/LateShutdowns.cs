using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace StreamChat.Hosting.Bus.Broker;

/// <summary>
/// Keeps a process alive through a fault of the client library: a connection whose heartbeats failed is shut down from a timer, and when one of
/// its channels was closed meanwhile, the timer throws, where nobody can catch it. The connection is known to be lost by then.
/// </summary>
internal static class LateShutdowns
{
    private static int _survived;

    /// <summary>From now on, for all of the process. Any other exception that nobody catches ends it, as ever.</summary>
    public static void Survive()
    {
        if (Interlocked.Exchange(ref _survived, 1) == 0)
        {
            ExceptionHandling.SetUnhandledExceptionHandler(IsLateShutdown);
        }
    }

    internal static bool IsLateShutdown(Exception exception) =>
        exception is ChannelClosedException && exception.StackTrace?.Contains("RabbitMQ.Client.ConsumerDispatching", StringComparison.Ordinal) == true;
}
