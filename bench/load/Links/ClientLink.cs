using System.Globalization;
using StreamChat.Client;

namespace StreamChat.Load.Links;

/// <summary>
/// The client of <c>clients/dotnet</c>, which comes back after every loss: for what its users see, and what they do not, while processes are
/// killed under load. It costs the generator several times as much as <see cref="SocketLink"/>.
/// </summary>
internal sealed class ClientLink : ILoadLink
{
    private readonly StreamChatClient _client;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClientLink(Uri address, HttpMessageInvoker invoker, TimeProvider time)
    {
        _time = time;
        _client = new(address, new() { Http = invoker, TimeProvider = time });
        _client.StateChanged += (_, change) =>
        {
            if (change.State == ConnectionState.Closed)
            {
                _closed.TrySetResult();
            }
        };
    }

    public bool IsOpen => !_closed.Task.IsCompleted;

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _client.ConnectAsync(cancellationToken);
        }
        catch (StreamChatException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public async Task<string?> FollowAsync(LoadTurn turn, string prompt, CancellationToken cancellationToken)
    {
        try
        {
            turn.SentAt = _time.GetTimestamp();
            var run = _client.Run(RunRequest.Of(prompt, $"load-{turn.RunId}") with { RunId = Guid.Parse(turn.RunId, CultureInfo.InvariantCulture) });
            await foreach (var e in run.WithCancellation(cancellationToken))
            {
                turn.Take(e);
                if (turn.Cancelling?.IsDue(turn.Sequence.Received) == true)
                {
                    run.Cancel();
                }
            }

            return null;
        }
        catch (OperationCanceledException)
        {
            return "timeout";
        }
        catch (StreamChatException e)
        {
            return e.Code;
        }
    }

    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        await _closed.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _closed.Task.IsCompleted;
    }

    public ValueTask PingAsync(CancellationToken cancellationToken)
    {
        _client.Wake();
        return ValueTask.CompletedTask;
    }

    public async Task CloseAsync(CancellationToken cancellationToken) => await _client.DisposeAsync();

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
