using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Connections;

/// <summary>Does what a client's frame asks. Does not keep the reader waiting: a connection's requests run side by side.</summary>
internal sealed partial class RequestHandler(RunStarter runs, TimeProvider time, ILogger<RequestHandler> logger)
{
    public void Handle(Connection connection, ClientFrame frame)
    {
        switch (frame)
        {
            case RunRequest run:
                Observe(connection, runs.StartAsync(connection, new RunInput
                {
                    RunId = run.RunId,
                    ThreadId = run.ThreadId,
                    Messages = run.Messages,
                    Tools = run.Tools,
                    Context = run.Context,
                    State = run.State,
                    ForwardedProps = run.ForwardedProps,
                }));
                break;
            case CancelRequest cancel:
                Observe(connection, runs.CancelAsync(connection, cancel.RunId));
                break;
            case PingRequest ping:
                connection.Send(new Pong(ping.Id, time.GetUtcNow()));
                break;
            default:
                throw new ArgumentException($"No handler for {frame.GetType().Name}.", nameof(frame));
        }
    }

    private async void Observe(Connection connection, Task request)
    {
        try
        {
            await request;
        }
        catch (Exception e)
        {
            LogFailed(connection.Id, e);
            connection.Send(new Fault(FaultCodes.Internal, "Something went wrong on our side. Please try again.", Retryable: true));
        }
    }

    [LoggerMessage(1301, LogLevel.Error, "A request of connection {ConnectionId} failed.")]
    private partial void LogFailed(string connectionId, Exception exception);
}
