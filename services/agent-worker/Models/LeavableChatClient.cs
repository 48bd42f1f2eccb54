using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace StreamChat.AgentWorker.Models;

/// <summary>A client from elsewhere, which may not heed its token: it is then left behind, so that deadlines and cancels hold all the same.</summary>
internal sealed class LeavableChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        Task<bool> next = Task.FromResult(true);
        try
        {
            while (true)
            {
                next = updates.MoveNextAsync().AsTask();
                if (!await next.WaitAsync(cancellationToken))
                {
                    yield break;
                }

                yield return updates.Current;
            }
        }
        finally
        {
            var leaving = LeaveAsync(updates, next);
            if (next.IsCompleted)
            {
                await leaving;
            }
        }
    }

    /// <summary>Disposes when the client has come back, which may be never.</summary>
    private static async Task LeaveAsync(IAsyncEnumerator<ChatResponseUpdate> updates, Task<bool> next)
    {
        await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await updates.DisposeAsync();
    }
}
